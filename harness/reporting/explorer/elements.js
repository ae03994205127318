// Elements made of plain text and attributes: nothing of the data is ever read as HTML.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function table(caption, header, rows, numbers = new Set()) {
  const kind = (column) => (numbers.has(column) ? "number" : null);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", null, el("caption", null, caption),
      header.some(Boolean) ? el("thead", null, el("tr", null, header.map((text, column) => (text ? el("th", { scope: "col", class: kind(column) }, text) : el("td"))))) : null,
      el("tbody", null, rows.map((cells) => el("tr", null, cells.map((cell, column) =>
        column === 0 && cell !== "" ? el("th", { scope: "row" }, cell) : el("td", { class: kind(column) }, cell)))))));
}

// A table whose rows are read from top to bottom on a phone: each cell then has its heading before it. The roles are
// those that its elements have, and lose there.
function stacked(made) {
  const shown = made.querySelector("table"), titles = [...shown.tHead.rows[0].cells].map((cell) => cell.textContent);
  fill(shown, { class: "stacked", role: "table" }, []);
  for (const part of [shown.tHead, ...shown.tBodies]) part.setAttribute("role", "rowgroup");
  for (const row of shown.rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, place) => {
      const heads = cell.tagName === "TH";
      cell.setAttribute("role", heads ? (row.parentNode === shown.tHead ? "columnheader" : "rowheader") : "cell");
      if (!heads) cell.dataset.title = titles[place];
    });
  }
  return made;
}

const tip = document.getElementById("tip");

// Shows a text beside what is pointed at or focused; screen readers have it as its label.
function explained(element, text) {
  element.setAttribute("aria-label", text);
  const show = (x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    tip.style.left = `${Math.min(x + 12, window.innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(y + 12, window.innerHeight - tip.offsetHeight - 8)}px`;
  };
  element.addEventListener("pointermove", (event) => show(event.clientX, event.clientY));
  element.addEventListener("focus", () => { const box = element.getBoundingClientRect(); show(box.right, box.bottom); });
  for (const away of ["pointerleave", "blur"]) element.addEventListener(away, () => { tip.hidden = true; });
  return element;
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
