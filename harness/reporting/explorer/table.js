// The ranking: the table that the page was written with, sorted and filtered in place.
const ranking = document.getElementById("ranking");
const filters = document.getElementById("filters");
const rowsByName = new Map([...ranking.tBodies[0].rows].map((row) => [row.dataset.name, row]));
const KEYS = {
  rank: (one) => (one.rank ? one.rank[0] * 1e6 + one.rank[1] : Infinity),
  name: (one) => one.name, document: (one) => one.source || "", parameters: (one) => one.parameters, macs: (one) => one.macs,
  epochs: (one) => one.epochs, seconds: (one) => one.seconds, epochSeconds: (one) => one.epochSeconds,
  mean: (one) => one.mean, published: (one) => one.published,
};
const descendingFirst = new Set(metric.higherIsBetter ? ["mean", "published"] : []);

function compareBy(key, down) {
  const value = KEYS[key];
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null) - (y === null); // unknown comes last, either way
    const order = typeof x === "string" ? x.localeCompare(y) : x - y;
    return down ? -order : order;
  };
}

function passes(one, state) {
  const text = (state.get("text") || "").toLowerCase();
  const most = parseFloat(state.get("parameters")), rank = parseFloat(state.get("rank"));
  return (!text || `${one.name} ${one.title}`.toLowerCase().includes(text))
    && (!state.get("document") || one.source === state.get("document"))
    && (Number.isNaN(most) || one.parameters <= most)
    && (Number.isNaN(rank) || (one.rank !== null && one.rank[0] <= rank));
}

function showTable(state) {
  const [key, down] = (state.get("sort") || "").split(":");
  const chosen = rivals().filter((one) => passes(one, state));
  if (KEYS[key]) chosen.sort(compareBy(key, down === "down"));
  ranking.tBodies[0].replaceChildren(...chosen.map((one) => rowsByName.get(one.name)));
  for (const head of ranking.tHead.rows[0].cells) {
    const own = head.firstElementChild.dataset.key === key;
    if (own) head.setAttribute("aria-sort", down === "down" ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  for (const field of filters.elements) if (field.name && document.activeElement !== field) field.value = state.get(field.name) || "";
  document.getElementById("count").textContent = `${chosen.length} of ${rivals().length} architectures`;
}

ranking.tHead.addEventListener("click", (event) => {
  const key = event.target.dataset.key;
  if (!key) return;
  const [now, down] = (read().get("sort") || "").split(":");
  const turned = now === key ? down !== "down" : descendingFirst.has(key);
  write({ view: "table", sort: turned ? `${key}:down` : key }, { replace: true });
});
ranking.tBodies[0].addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row && !event.target.closest("a") && !String(getSelection())) location.hash = link({ view: "architecture", a: row.dataset.name });
});
filters.addEventListener("input", (event) => write({ view: "table", [event.target.name]: event.target.value }, { replace: true }));
filters.addEventListener("submit", (event) => event.preventDefault());
