// The other views: two side by side, cost against the headline, curves, changed images, documents.
function disagreement(first, second) {
  const set = data.images[first.dataset];
  if (!set || !first.right || !second.right || first.dataset !== second.dataset) return null;
  const gaps = set.indices.map((index, place) => ({ index, a: first.right[place], b: second.right[place] })).filter(({ a, b }) => a !== b);
  gaps.sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b) || x.index - y.index);
  return [el("h3", null, "Test images on which they disagree most"), imageList(set, gaps.slice(0, 12).map(({ index, a, b }) => ({ index, lines: [`${first.name}: right in ${shareText(a)}`, `${second.name}: ${shareText(b)}`] })))];
}

function recipeRows(first, second) {
  const flat = (one) => new Map(one.recipe.flatMap((phase, number) => phase.map(([key, value]) => [one.recipe.length > 1 ? `phase ${number + 1}: ${key}` : key, value])));
  const [ours, theirs] = [flat(first), flat(second)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => ours.get(key) !== theirs.get(key)).map((key) => [key, ours.get(key) ?? UNKNOWN, theirs.get(key) ?? UNKNOWN]);
}

function showCompare(state) {
  const choices = rankedRivals();
  if (choices.length < 2) return [el("h2", null, "Two side by side"), el("p", null, "Fewer than two architectures have results.")];
  const first = named.get(state.get("a")) || choices[0];
  const second = named.get(state.get("b")) || choices.find((one) => one.name !== first.name);
  const options = choices.map((one) => [one.name, one.name]);
  const pair = pairOf(first.name, second.name);
  const lines = [[first, "var(--first)"], [second, "var(--second)"]].map(([one, colour]) => ({ name: one.name, colour, points: band(one.test), dashed: one === second }));
  const differences = recipeRows(first, second);
  const sentence = !pair ? "No difference is known of these two." : pair.same ? "The two read the same trials at the same epoch: they can't differ."
    : `${first.name} minus ${second.name}: ${signed(pair.estimate)}${metric.pointsUnit}${pair.low === null ? "" : ` (${signed(pair.low)} to ${signed(pair.high)}; simultaneous 95 % interval, on these test images)`}. ${pair.differ ? "The seeds separate the two." : "The seeds do not separate the two."}`;
  const row = (title, text) => [title, text(first), text(second)];
  return [
    el("h2", null, "Two side by side"),
    el("div", { class: "controls" }, chooser("First", "a", options, first.name), chooser("Second", "b", options, second.name)),
    el("p", null, el("strong", null, sentence)),
    table("Results", ["", first.name, second.name], [row("Rank", rankOf), row(accuracyTitle, spread), row("Seeds", (one) => one.seeds || UNKNOWN), row("Parameters", (one) => whole(one.parameters)), row("Multiply-accumulates", (one) => whole(one.macs)), row("Training seconds", (one) => seconds(one.seconds))], new Set([1, 2])),
    el("h3", null, "Learning curves"), legend(lines), lineChart("Learning curves of the two", lines, "Epoch"),
    el("h3", null, "Recipes"), differences.length ? table("What differs", ["", first.name, second.name], differences) : el("p", null, "The same recipe."),
    el("h3", null, "Layers"), el("div", { class: "grid" }, [first, second].map((one) => el("div", null, el("h4", null, el("a", { href: link({ view: "architecture", a: one.name }) }, one.name)), graphOf(one)))),
    disagreement(first, second),
  ];
}

// The first place around a point where its name meets no other: right or left, above or below.
function labelPlace(x, y, text, taken, most) {
  const width = 7 * text.length, around = [[9, -7], [9, 15], [-9 - width, -7], [-9 - width, 15], [9, -22], [9, 30], [-9 - width, 30]];
  const boxes = around.map(([dx, dy]) => [x + dx, y + dy - 11, x + dx + width, y + dy + 2]).filter((box) => box[0] > 60 && box[2] < most);
  const free = boxes.find((box) => taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3])) || boxes[0];
  if (free) taken.push(free);
  return free ? { x: free[0], y: free[3] - 2 } : { x: x + 9, y: y - 7 };
}

function front(points) {
  const better = (a, b) => (metric.higherIsBetter ? a > b : a < b);
  const sorted = [...points].sort((a, b) => a.x - b.x || (better(a.y, b.y) ? -1 : 1));
  return sorted.filter((point, place) => sorted.slice(0, place).every((other) => better(point.y, other.y)));
}

function showCost(state) {
  const key = COSTS[state.get("x")] ? state.get("x") : "parameters";
  const [title, text] = COSTS[key];
  const known = rankedRivals().filter((one) => one[key] !== null && one[key] > 0);
  const controls = el("div", { class: "controls" }, chooser("Cost", "x", Object.entries(COSTS).map(([name, [shown]]) => [name, shown]), key, true),
    chooser("Scale", "scale", [["log", "logarithmic"], ["linear", "linear"]], state.get("scale") || "log", true));
  if (!known.length) return [el("h2", null, "Cost against the headline"), controls, el("p", null, "Nothing was measured.")];
  const [low, high] = d3.extent(known, (one) => one[key]);
  const log = state.get("scale") !== "linear";
  const x = log ? d3.scaleLog().domain([low * 0.8, high * 1.25]) : d3.scaleLinear().domain(padded([low, high]));
  const y = d3.scaleLinear().domain(padded(known.flatMap((one) => [one.low ?? one.mean, one.high ?? one.mean]))).nice();
  const chart = frame(`${accuracyTitle} against ${title}`, { x, y, xTitle: title, yTitle: accuracyTitle, height: 420, yFormat: (v) => (metric.scale * v).toFixed(1) });
  const best = front(known.map((one) => ({ x: one[key], y: one.mean, name: one.name })));
  chart.append(svg("path", { class: "front", d: d3.line().x((p) => x(p.x)).y((p) => y(p.y)).curve(d3.curveStepAfter)(best) }));
  const labels = new Map(), taken = known.map((one) => [x(one[key]) - 6, y(one.mean) - 6, x(one[key]) + 6, y(one.mean) + 6]);
  for (const one of known) {
    const where = `${one[key]} ${one.mean}`;
    labels.set(where, [...(labels.get(where) || []), one.name]);
  }
  for (const one of known) {
    const place = x(one[key]);
    const sharing = labels.get(`${one[key]} ${one.mean}`), name = sharing[0] === one.name ? sharing.join(", ") : "";
    if (one.low !== null) chart.append(svg("line", { class: "whisker", x1: place, x2: place, y1: y(one.low), y2: y(one.high) }));
    const point = svg("a", { href: link({ view: "architecture", a: one.name }), class: "point" }, svg("circle", { cx: place, cy: y(one.mean), r: 6, fill: colourOf(one.name) }), name ? svg("text", { ...labelPlace(place, y(one.mean), name, taken, x.range()[1]), "aria-hidden": "true" }, name) : null);
    chart.append(explained(point, `${one.name}: ${withUnit(spread(one))}, ${title.toLowerCase()} ${text(one[key])}\nseeds ${one.seeds}: ${one.values.map(([, value]) => measured(value)).join(", ")}`));
  }
  return [el("h2", null, "Cost against the headline"), controls, chart,
    el("p", { class: "note" }, "Means with 95 % intervals. The dashed line is the front of the means: nothing that costs less is better."),
    table("The same as a table", ["Architecture", title, accuracyTitle, "On the front"], known.map((one) => [one.name, text(one[key]), spread(one), best.some((point) => point.name === one.name) ? "yes" : ""]), new Set([1, 2]))];
}

function switches(names, chosen) {
  const change = (name) => (event) => {
    const now = new Set(chosen);
    if (event.target.checked) now.add(name); else now.delete(name);
    write({ shown: [...now].join(",") || "none" }, { replace: true });
  };
  return el("fieldset", { class: "controls" }, el("legend", null, "Shown"), names.map((name) =>
    el("label", { class: "check" }, el("input", { type: "checkbox", checked: chosen.includes(name), onchange: change(name) }), name)));
}

const chosenNames = (state, names, first) => (state.get("shown") ? state.get("shown").split(",").filter((name) => names.includes(name)) : names.slice(0, first));

function showCurves(state) {
  const known = rankedRivals().filter((one) => one.test.length);
  const names = known.map((one) => one.name), shown = chosenNames(state, names, 5);
  const kind = state.get("of") === "train" ? "train" : "test", from = parseInt(state.get("from"), 10) || 1;
  const lines = known.filter((one) => shown.includes(one.name)).map((one) => ({ name: one.name, colour: colourOf(one.name), points: band(one[kind]).filter((point) => point.x >= from) })).filter((line) => line.points.length);
  return [el("h2", null, "Learning curves"), el("div", { class: "controls" }, chooser("Measured", "of", [["test", "on the test images, after the epoch"], ["train", "while training, running mean"]], kind, true),
    chooser("From epoch", "from", [1, 2, 3, 5, 10].map((epoch) => [`${epoch}`, `${epoch}`]), `${from}`, true)),
    switches(names, shown), legend(lines), lineChart("Learning curves", lines, "Epoch"), el("p", { class: "note" }, "Mean over the seeds; the band reaches from the lowest to the highest.")];
}

function showChanged(state) {
  const names = rankedRivals().map((one) => one.name);
  const drawn = data.tolerances.filter((found) => found.curves.some((curve) => names.includes(curve.name)));
  if (!drawn.length) return [el("h2", null, "Changed images"), el("p", null, "Nothing is recorded on changed test images; 'bench run NAME --evaluate shift,rotation,noise' records it.")];
  const shown = chosenNames(state, names, 20);
  return [el("h2", null, "Changed images"), switches(names, shown), drawn.map((found) => {
    const lines = found.curves.filter((curve) => shown.includes(curve.name)).map((curve) => ({ name: curve.name, colour: colourOf(curve.name), points: curve.means.map((value, place) => ({ x: found.levels[place], mean: value, low: value, high: value })) }));
    return [el("h3", null, found.title), legend(lines), lineChart(found.title, lines, found.unit || "level"), table(`${found.title}: ${accuracyTitle}`, ["Architecture", ...found.levels.map((level) => `${level} ${found.unit}`.trim())], found.curves.filter((curve) => shown.includes(curve.name)).map((curve) => [curve.name, ...curve.means.map(measured)]), new Set(found.levels.map((_, column) => column + 1)))];
  })];
}

function showDocuments() {
  const stated = rivals().filter((one) => one.sentences.length && one.source);
  const coloured = (cells) => cells.map((cell, column) => (column === 2 ? verdictText(cell) : cell));
  return [el("h2", null, "What the documents say, and what was found"), stated.length ? null : el("p", null, "No claim is declared."),
    stated.map((one) => [el("h3", null, el("a", { href: link({ view: "architecture", a: one.name }) }, one.name), `: ${one.source}`), table(one.title, data.sentenceHeader, one.sentences.map(coloured), new Set([3]))])];
}
