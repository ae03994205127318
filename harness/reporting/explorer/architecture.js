// One architecture: its network, recipe, curves, claims, images, times, and the file that is all there is to it.
const shapeText = (shape) => shape.join("×");

function layerBox(node) {
  return el("div", { class: "layer" }, el("div", null, el("b", null, node.kind), el("span", null, node.fields)),
    el("span", null, `${shapeText(node.shape)} · ${whole(node.parameters)} parameters`));
}

function chainOf(nodes) {
  return el("ol", null, nodes.map((node) => el("li", null, node.chains ? joinOf(node) : layerBox(node))));
}

// Layers made of layers: branches side by side, and what joins them below.
function joinOf(node) {
  const title = node.times ? `${node.kind}: ${node.times} times` : node.kind;
  return el("div", { class: "join", role: "group", "aria-label": title }, layerBox({ ...node, kind: title }),
    el("div", { class: "branches" }, node.chains.map((chain) =>
      chain.length ? el("div", null, chainOf(chain)) : el("div", { class: "pass" }, "unchanged"))),
    node.merge ? el("div", { class: "merge" }, `↓ ${node.merge}`) : null);
}

function graphOf(one) {
  return el("ol", { class: "graph", "aria-label": `Layers of ${one.name}` },
    el("li", null, el("div", { class: "layer" }, el("b", null, "Input"), el("span", null, shapeText(one.inputs)))),
    one.layers.map((node) => el("li", null, node.chains ? joinOf(node) : layerBox(node))));
}

const VERDICTS = { reproduced: "good", refuted: "bad", inconclusive: "open" };
const verdictText = (verdict) => el("span", { class: VERDICTS[verdict] || null }, verdict);

function claimsOf(one) {
  return stacked(table(`Claims of ${one.name}`, ["Claim", "Published", "Measured", "Verdict", "Why", "Where"],
    one.claims.map((claim) => [claim.label, claim.published, claim.measured, verdictText(claim.verdict), claim.why, claim.where]), new Set([1, 2])));
}

function picture(set, index) {
  const place = set.indices.indexOf(index);
  if (place < 0) return null;
  const [height, width, channels] = set.shape, size = height * width * channels;
  if (!set.bytes) set.bytes = Uint8Array.from(atob(set.pixels), (letter) => letter.charCodeAt(0));
  const canvas = el("canvas", { width, height, role: "img", "aria-label": `Test image ${index}, ${set.classes[set.labels[place]]}` });
  const drawn = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    for (let colour = 0; colour < 3; colour += 1) drawn.data[4 * pixel + colour] = set.bytes[place * size + pixel * channels + (channels === 3 ? colour : 0)];
    drawn.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(drawn, 0, 0);
  return canvas;
}

// A filter as a picture: grey is 0, white the largest weight, black its negative; of three channels in their colours.
function filterPicture(bytes, [height, width, channels], number) {
  const canvas = el("canvas", { width, height, role: "img", "aria-label": `Filter ${number + 1}` }), drawn = new ImageData(width, height);
  const first = number * height * width * channels;
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    for (let colour = 0; colour < 3; colour += 1) drawn.data[4 * pixel + colour] = bytes[first + pixel * channels + (channels === 3 ? colour : 0)];
    drawn.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(drawn, 0, 0);
  return canvas;
}

function filtersOf(one) {
  if (!one.filters) return null;
  const { shape, seed, edges, likeness } = one.filters, bytes = Uint8Array.from(atob(one.filters.bytes), (letter) => letter.charCodeAt(0));
  return [el("h3", null, `Filters of the first convolution, seed ${seed}`),
    el("ul", { class: "filters" }, d3.range(shape[3]).map((number) => el("li", null, filterPicture(bytes, shape, number)))),
    el("p", { class: "note" }, `Grey is 0, white the largest weight, black its negative. For edges: ${edges} %; likeness ${likeness}. ${data.insidesNotes.filters}`)];
}

// Which layers follow a shift of the image, as numbers and as lines over the layers.
const AGREEMENT = { title: "Agreement", unit: "", scale: 1, places: 2 };
const agreementTitle = ([kind, shift]) => `${kind}, ${shift} pixel${shift > 1 ? "s" : ""}`;

function agreementLine(one, column, colour, dashed, name) {
  const points = one.agreements.filter(([, , means]) => means[column] !== null).map(([number, , means]) => ({ x: number, mean: means[column], low: means[column], high: means[column] }));
  return { name, colour, dashed, points };
}

function agreementsOf(one) {
  if (!one.agreements.length) return null;
  const lines = data.agreementColumns.map((column, place) => agreementLine(one, place, column[0] === "equivariance" ? "#0072b2" : "#d55e00", column[1] > 1, agreementTitle(column))).filter((line) => line.points.length);
  return [el("h3", null, "Which layers follow a shift of the image"), legend(lines), lineChart(`Agreement by layer of ${one.name}`, lines, "Layer", AGREEMENT),
    table("Mean over the seeds", ["Layer", ...data.agreementColumns.map(agreementTitle)], one.agreements.map(([number, kind, means]) => [`${number} ${kind}`, ...means.map((value) => measured(value, AGREEMENT))]), new Set(data.agreementColumns.map((_, place) => place + 1))),
    el("p", { class: "note" }, data.insidesNotes.agreements)];
}

const shareText = (share) => `${Math.round(100 * share)} %`;

function imageList(set, items) {
  return el("ul", { class: "images" }, items.map(({ index, lines }) => {
    const place = set.indices.indexOf(index);
    return el("li", null, picture(set, index), el("div", null, `${index}: ${set.classes[set.labels[place]]}`), lines.map((line) => el("div", { class: "quiet" }, line)));
  }));
}

function hardestOf(one) {
  const set = data.images[one.dataset];
  if (!set || !one.right) return null;
  const missed = set.indices.map((index, place) => [index, 1 - one.right[place]]).filter(([, share]) => share > 0);
  missed.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return [el("h3", null, "Hardest test images"), imageList(set, missed.slice(0, 12).map(([index, share]) => ({ index, lines: [`missed by ${shareText(share)} of the runs`] })))];
}

function confusionOf(one) {
  if (!one.confusion) return null;
  const classes = data.datasets.find((set) => set.name === one.dataset).classes;
  const most = Math.max(...one.confusion.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth)), 1e-9);
  const made = table("Test images per run: true class in rows, predicted class in columns", ["", ...classes],
    one.confusion.map((row, truth) => [classes[truth], ...row.map((count) => (count ? (count < 10 ? count.toFixed(1) : Math.round(count)) : ""))]), new Set(classes.map((_, column) => column + 1)));
  made.querySelector("table").classList.add("heat");
  one.confusion.forEach((row, truth) => row.forEach((count, predicted) => {
    const cell = made.querySelector("tbody").rows[truth].cells[predicted + 1];
    if (predicted !== truth && count) cell.style.backgroundColor = `rgba(213, 94, 0, ${(0.45 * count) / most})`;
  }));
  return [el("h3", null, "Confusion"), made];
}

const list = (items) => el("ul", null, items.map((item) => el("li", null, item)));
const facts = (title, rows) => table(title, ["", ""], rows);

function showArchitecture(state) {
  const one = named.get(state.get("a")) || rivals()[0];
  if (!one) return [el("p", null, "There is no architecture.")];
  const curves = [{ name: "test, after the epoch", colour: "#0072b2", points: band(one.test), runs: one.test }, { name: "training, running mean", colour: "#d55e00", points: band(one.train), dashed: true }].filter((line) => line.points.length);
  const other = rankedRivals().find((found) => found.name !== one.name);
  return [
    el("h2", null, one.name), el("p", null, one.title, one.source ? ` (${one.source})` : ""),
    el("div", { class: "controls" }, chooser("Architecture", "a", rivals().map((found) => [found.name, found.name]), one.name),
      other ? el("a", { href: link({ view: "compare", a: one.name, b: other.name }) }, "Compare it with another") : null),
    el("div", { class: "grid" },
      el("div", null, facts("Results", [["Rank", rankOf(one)], [metric.title, withUnit(spread(one))], ["95 % interval of the mean", withUnit(range(one.low, one.high))], ["Published", withUnit(measured(one.published))], ["Seeds", one.seeds || UNKNOWN], ["Parameters", whole(one.parameters)], ["Multiply-accumulates", whole(one.macs)], ["Training seconds", seconds(one.seconds)], ...(one.dominatedBy.length ? [["Dominated by", one.dominatedBy.join(", ")]] : [])])),
      el("div", null, one.recipe.map((phase, number) => facts(one.recipe.length > 1 ? `Recipe, phase ${number + 1}` : "Recipe", phase)))),
    one.changes.length ? [el("h3", null, `How it differs from ${one.parent}`), list(one.changes)] : null,
    el("h3", null, "Layers"), graphOf(one),
    curves.length ? [el("h3", null, "Learning curves by seed, with mean and range"), legend(curves), lineChart(`Learning curves of ${one.name}`, curves, "Epoch"), table("By seed, after the last epoch", ["Seed", accuracyTitle], one.values.map(([seed, value]) => [seed, measured(value)]), new Set([1]))] : null,
    one.claims.length ? [el("h3", null, "Claims, with evidence"), claimsOf(one)] : null,
    one.assumptions.length ? [el("h3", null, "Assumptions"), list(one.assumptions)] : null,
    filtersOf(one), agreementsOf(one), hardestOf(one), confusionOf(one),
    one.stages.length ? [el("h3", null, "Times by stage"), facts("Wall-clock seconds, medians over the timed trials", one.stages.map(([stage, value]) => [stage, seconds(value)]))] : null,
    one.spec ? [el("h3", null, "The file"), el("pre", { tabindex: "0", role: "region", "aria-label": `Spec file of ${one.name}` }, one.spec)] : null,
    el("h3", null, "The same numbers again"), el("pre", { tabindex: "0", role: "region", "aria-label": "Command" }, one.command),
  ];
}
