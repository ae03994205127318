// The other views: two side by side, cost against the headline, curves, changed images, documents.
function disagreement(first, second) {
  const set = data.images[first.dataset];
  if (!set || !first.right || !second.right || first.dataset !== second.dataset) return null;
  const gaps = set.indices.map((index, place) => ({ index, a: first.right[place], b: second.right[place] })).filter(({ a, b }) => a !== b);
  gaps.sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b) || x.index - y.index);
  return [el("h3", null, "Test images on which they disagree most"), imageList(set, gaps.slice(0, 12).map(({ index, a, b }) => ({ index, lines: [`${first.name}: right in ${shareText(a)}`, `${second.name}: ${shareText(b)}`] })))];
}

// How far the layers of two follow a shift, by the kind that both have measured.
function agreementsOfTwo(first, second) {
  if (!first.agreements.length || !second.agreements.length) return null;
  return [el("h3", null, "Which layers follow a shift of the image"), data.agreementColumns.map((column, place) => {
    const lines = [[first, "var(--first)"], [second, "var(--second)"]].map(([one, colour]) => agreementLine(one, place, colour, one === second, one.name)).filter((line) => line.points.length);
    return lines.length < 2 ? null : [el("h4", null, agreementTitle(column)), legend(lines), lineChart(`${agreementTitle(column)} of the two`, lines, "Layer", AGREEMENT)];
  }), el("p", { class: "note" }, data.insidesNotes.agreements)];
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
  const sentence = !pair ? (data.pairsLeftOut ? `This page holds ${data.pairs.length} of ${data.pairs.length + data.pairsLeftOut} pairs, without this one; 'bench compare ${first.name} ${second.name}' has it.` : "No difference is known of these two.") : pair.same ? "The two read the same trials at the same epoch: they can't differ."
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
    agreementsOfTwo(first, second), disagreement(first, second),
  ];
}

// Where a name may stand around its point: beside it, above, below, then farther away.
const PLACES = [[7, 18], [22, 30], [37, 45], [52, 60], [70, 78], [90, 98]].flatMap(([up, down]) => [[9, -up], [9, down - 3], [null, -up - 4], [null, down + 2], [-9, -up], [-9, down - 3]]);

const MOST_NAMES = 40; // of more points, those on the front alone have a name
const LED = 28; // so far above or below its point a name has a line to it

// The first place around a point where its name covers nothing that is drawn; null where there is none.
function labelPlace(x, y, text, taken, [left, right], [bottom, top]) {
  const width = 6.6 * text.length;
  const starts = PLACES.map(([dx, dy]) => [dx === null ? x - width / 2 : dx < 0 ? x + dx - width : x + dx, y + dy]);
  const boxes = starts.map(([start, base]) => [start, base - 11, start + width, base + 3]).filter((box) => box[0] > left && box[2] < right && box[1] > top && box[3] < bottom);
  const free = boxes.find((box) => taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]));
  if (!free) return null;
  taken.push(free);
  return { x: free[0], y: free[3] - 3 };
}

// What nothing that costs less, or as little, is better than.
function front(points, higherIsBetter) {
  const better = (a, b) => (higherIsBetter ? a > b : a < b);
  const sorted = [...points].sort((a, b) => a.x - b.x || (better(a.y, b.y) ? -1 : 1));
  let best = null;
  return sorted.filter((point) => {
    if (best !== null && !better(point.y, best)) return false;
    best = point.y;
    return true;
  });
}

function showCost(state) {
  const key = COSTS[state.get("x")] ? state.get("x") : "parameters", choices = measures();
  const across = choices.has(state.get("y")) ? state.get("y") : "headline", chosen = choices.get(across);
  const [title, text] = COSTS[key], format = chosen.of ? ticked(chosen.of) : d3.format("~s");
  const written = (one) => (chosen.text ? chosen.text(one.y.mean) : across === "headline" ? spread(one) : measured(one.y.mean, chosen.of));
  const known = rankedRivals().filter((one) => one[key] !== null && one[key] > 0).map((one) => ({ ...one, y: chosen.value(one) })).filter((one) => one.y.mean !== null);
  const heading = el("h2", null, "Cost against results");
  const controls = el("div", { class: "controls" }, chooser("Across", "x", Object.entries(COSTS).map(([name, [shown]]) => [name, shown]), key, true),
    chooser("Scale", "scale", [["log", "logarithmic"], ["linear", "linear"]], state.get("scale") || "log", true),
    chooser("Upwards", "y", [...choices].map(([name, { title: shown }]) => [name, shown]), across, true));
  if (!known.length) return [heading, controls, el("p", null, "Nothing was measured.")];
  const [low, high] = d3.extent(known, (one) => one[key]);
  const x = state.get("scale") !== "linear" ? d3.scaleLog().domain([low * 0.8, high * 1.25]) : d3.scaleLinear().domain(padded([low, high]));
  const y = d3.scaleLinear().domain(padded(known.flatMap(({ y: found }) => [found.low ?? found.mean, found.high ?? found.mean]))).nice();
  const chart = frame(`${chosen.title} against ${title}`, { x, y, xTitle: title, yTitle: chosen.title, height: 420, yFormat: format });
  const best = front(known.map((one) => ({ x: one[key], y: one.y.mean, name: one.name })), chosen.higherIsBetter);
  chart.append(svg("path", { class: "front", d: d3.line().x((p) => x(p.x)).y((p) => y(p.y)).curve(d3.curveStepAfter)(best) }));
  const sharing = new Map(), where = (one) => `${one[key]} ${one.y.mean}`;
  for (const one of known) sharing.set(where(one), [...(sharing.get(where(one)) || []), one.name]);
  const taken = known.flatMap((one) => [[x(one[key]) - 6, y(one.y.mean) - 6, x(one[key]) + 6, y(one.y.mean) + 6], ...(one.y.low === null ? [] : [[x(one[key]) - 1, y(one.y.high), x(one[key]) + 1, y(one.y.low)]])]);
  let unnamed = 0;
  for (const one of known) {
    const place = x(one[key]), height = y(one.y.mean), names = sharing.get(where(one));
    const name = names[0] !== one.name || (known.length > MOST_NAMES && !best.some((other) => other.name === one.name)) ? "" : names.length > 3 ? `${names[0]} and ${names.length - 1} more` : names.join(", ");
    const free = name ? labelPlace(place, height, name, taken, x.range(), y.range()) : null;
    if (name && !free) unnamed += 1;
    if (one.y.low !== null) chart.append(svg("line", { class: "whisker", x1: place, x2: place, y1: y(one.y.low), y2: y(one.y.high) }));
    const point = svg("a", { href: link({ view: "architecture", a: one.name }), class: "point" }, svg("circle", { cx: place, cy: height, r: 6, fill: colourOf(one.name) }), free && Math.abs(free.y - height) > LED ? svg("line", { class: "leader", x1: place, x2: free.x, y1: height, y2: free.y < height ? free.y + 3 : free.y - 10 }) : null, free ? svg("text", { ...free, "aria-hidden": "true" }, name) : null);
    chart.append(explained(point, `${one.name}: ${written(one)}${chosen.of && chosen.of.unit ? ` ${chosen.of.unit}` : ""}, ${title.toLowerCase()} ${text(one[key])}\nseeds ${one.seeds}${across === "headline" ? `: ${one.values.map(([, value]) => measured(value)).join(", ")}` : ""}`));
  }
  return [heading, controls, chart,
    el("p", { class: "note" }, `Means${across === "headline" ? " with 95 % intervals" : ""}. The dashed line is the front of the means: nothing that costs less is better.${known.length > MOST_NAMES ? " Only what is on it is named; point at the other marks." : ""}${unnamed ? ` For ${unnamed === 1 ? "one name" : `${unnamed} names`} there is no room; point at the marks.` : ""}`),
    table("The same as a table", ["Architecture", title, chosen.title, "On the front"], known.map((one) => [one.name, text(one[key]), written(one), best.some((point) => point.name === one.name) ? "yes" : ""]), new Set([1, 2]))];
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
  const recorded = names.filter((name) => drawn.some((found) => found.curves.some((curve) => curve.name === name)));
  const shown = chosenNames(state, recorded, 12);
  return [el("h2", null, "Changed images"), switches(recorded, shown), drawn.map((found) => {
    const curves = found.curves.filter((curve) => shown.includes(curve.name)), levels = found.levels.map((level) => `${level} ${found.unit}`.trim());
    const lines = curves.map((curve) => ({ name: curve.name, colour: colourOf(curve.name), points: found.levels.map((level, place) => ({ x: level, mean: curve.means[place], low: curve.lows[place], high: curve.highs[place] })) }));
    return [el("h3", null, found.title), legend(lines), lineChart(found.title, lines, found.unit || "level", found.metric),
      table(`${found.title}: ${titled(found.metric).toLowerCase()}, mean over the seeds`, ["Architecture", "Seeds", ...levels], curves.map((curve) => [curve.name, curve.seeds, ...curve.means.map((value) => measured(value, found.metric))]), new Set(levels.concat("").map((_, column) => column + 1)))];
  }), el("p", { class: "note" }, "Mean over the seeds and over what each level is tried in, such as directions; the band reaches from the lowest seed to the highest.")];
}

function showDocuments() {
  const names = new Set(rivals().map((one) => one.name)), coloured = (column) => (cells) => cells.map((cell, place) => (place === column ? verdictText(cell) : cell));
  const documents = data.documents.filter((found) => names.has(found.name));
  const numbers = (header) => new Set([header.indexOf("Seeds")]);
  const tableOf = (title, { header, rows }) => stacked(table(title, header, rows.map(coloured(header.indexOf("Verdict"))), numbers(header)));
  return [el("h2", null, "What the documents say, and what we found"), documents.length ? data.documentsIntroduction.map((text) => el("p", null, text)) : el("p", null, "No claim is declared."),
    data.claimKinds.length ? el("details", null, el("summary", null, "What each kind of judgement measures"), el("dl", null, data.claimKinds.map(([name, text]) => [el("dt", null, name), el("dd", null, text)]))) : null,
    documents.map((found) => [el("h3", null, el("a", { href: link({ view: "architecture", a: found.name }) }, found.name), `: ${found.source}`), tableOf(found.title, found.sentences), evidenceOf(found.evidence.filter((one) => one.type !== "recipes")),
      found.alternatives.map((other) => [el("p", null, other.introduction), tableOf(`${other.title}: ${found.name}`, other), evidenceOf(found.evidence.filter((one) => one.type === other.figure)), other.conclusion ? el("p", null, other.conclusion) : null])])];
}
