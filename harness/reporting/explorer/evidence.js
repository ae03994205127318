// What verdicts on sentences rest on: small charts, one idea each, by the type of what they show.
const SMALL = { width: 420, height: 250 };
const STYLES = [["var(--first)", null], ["var(--second)", "6 4"], ["var(--third)", "2 3"], ["var(--quiet)", "9 3 2 3"]];
const ROW = 46;

function levelsChart(found) {
  const lines = found.curves.map((curve, place) => {
    const [colour, dashes] = STYLES[place % STYLES.length];
    return { name: curve.name, colour, dashes, points: found.levels.map((level, step) => ({ x: Number(level), mean: curve.means[step], low: curve.lows[step], high: curve.highs[step] })) };
  });
  const marks = { upright: [Number(found.levels[found.judged]), "judged here"], level: [found.guessing, "guessing"] };
  return smallFigure(found, found.title, [legend(lines), lineChart(found.description, lines, found.unit, found.metric, { ...SMALL, ...marks })]);
}

const seedsText = (row, of) => `${row.label}: mean ${withUnit(measured(row.mean, of), of)}${row.interval ? ` (${range(row.interval.low, row.interval.high, of)})` : ""}\nseeds ${row.seeds.map((value) => measured(value, of)).join(", ")}`;

// A row for each network or recipe: its name, the mean with its interval, and every seed below; null leaves its row empty.
function seedsChart(description, rows, of, published = null) {
  const { width } = SMALL, height = 48 + ROW * rows.length, known = rows.filter((row) => row.mean !== undefined);
  const values = known.flatMap((row) => [...row.seeds, ...(row.interval ? [row.interval.low, row.interval.high] : [])]);
  const x = d3.scaleLinear().domain(padded(published === null ? values : [...values, published])).range([10, width - 14]);
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": description });
  const axis = svg("g", { "aria-hidden": "true" });
  d3.select(axis).append("g").attr("transform", `translate(0,${height - 40})`).call(d3.axisBottom(x).ticks(5).tickFormat((value) => `${Number((of.scale * value).toFixed(of.places))}`));
  axis.append(svg("text", { x: width / 2, y: height - 6, "text-anchor": "middle" }, titled(of)));
  if (published !== null) axis.append(svg("line", { class: "published", x1: x(published), x2: x(published), y1: 0, y2: height - 40 }));
  chart.append(axis);
  rows.forEach((row, place) => {
    const top = ROW * place, name = svg("text", { x: 2, y: top + 13 }, row.label);
    if (row.mean === undefined) { chart.append(name); return; }
    const cross = (value) => svg("path", { class: "failed", d: `M${x(value) - 5},${top + 31}l10,10m0,-10l-10,10` });
    const drawn = svg("g", { tabindex: "0", role: "img" }, name,
      row.interval ? svg("line", { stroke: row.colour, "stroke-width": 3, x1: x(row.interval.low), x2: x(row.interval.high), y1: top + 24, y2: top + 24 }) : null,
      svg("circle", { cx: x(row.mean), cy: top + 24, r: 5, fill: row.colour }),
      row.seeds.map((value) => svg("circle", { class: "seed", cx: x(value), cy: top + 36, r: 3 })), (row.untrained || []).map(cross));
    chart.append(explained(drawn, `${seedsText(row, of)}${(row.untrained || []).length ? `\n${row.untrained.length} failed to train` : ""}`));
  });
  return chart;
}

const KEY_OF_ROWS = "Dot: mean over the seeds, with its 95 % interval. Rings: single seeds.";

function rowsChart(found) {
  const rows = found.rows.flatMap((row) => row.measured.map((part, place) => (
    { ...part, untrained: row.untrained, colour: row.measured.length > 1 && place === 0 ? "var(--second)" : "var(--first)", label: `${row.label.replace("\n", ", ")}${row.measured.length > 1 ? `: ${part.name}` : ""}` })));
  const failed = found.rows.some((row) => row.untrained.length) ? " Crosses: seeds that failed to train." : "";
  return smallFigure(found, found.title, [seedsChart(found.description, rows, { ...found.metric, title: found.axis }), el("p", { class: "note" }, `${KEY_OF_ROWS}${failed}`)]);
}

function recipesChart(found) {
  return found.numbers.map((number) => smallFigure(found, `${number.title} ${number.text}, ${number.where}`, [
    seedsChart(`${number.title} by recipe, beside the published ${number.text}`, found.names.map((name, place) => ({ ...(number.rows[place] || {}), label: name, colour: "var(--first)" })), number.metric, number.value),
    el("p", { class: "note" }, `${KEY_OF_ROWS} Dashed: the published number.`)]));
}

const pixels = ([high, wide], step) => d3.range(step, wide, step).map((place) => `M${place},0v${high}`).concat(d3.range(step, high, step).map((place) => `M0,${place}h${wide}`)).join("");

// Twice a layer's output over its input: two pixels by two for each value behind it, in the other colour what is left.
function changesChart(found) {
  return smallFigure(found, "Twice the output over the input", el("div", { class: "sizes" }, found.layers.map(({ before: [high, wide], behind: [down, across], text, outcome }) => el("div", null,
    svg("svg", { class: "size", viewBox: `0 0 ${Math.max(wide, 2 * across)} ${Math.max(high, 2 * down)}`, role: "img", "aria-label": `${text}, ${outcome}` },
      svg("rect", { width: wide, height: high, fill: "var(--second)" }), svg("rect", { width: 2 * across, height: 2 * down, fill: "var(--first)" }), svg("path", { class: "grid-lines", d: pixels([2 * down, 2 * across], 2) })),
    el("p", { class: "note" }, text, el("br"), outcome)))));
}

function sightsChart(found) {
  const [high, wide] = found.image;
  const frames = found.layers.map(({ size: [down, across] }, place) => svg("rect", { class: "frame", stroke: STYLES[place % STYLES.length][0], x: Math.floor((wide - across) / 2), y: Math.floor((high - down) / 2), width: across, height: down }));
  return smallFigure(found, `What one value of a layer sees of ${high} × ${wide} pixels`, el("div", { class: "sizes" },
    svg("svg", { class: "size", viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": found.description }, svg("path", { class: "pale-lines", d: pixels([high, wide], 1) }), svg("rect", { class: "frame", stroke: "var(--quiet)", width: wide, height: high }), frames),
    legend(found.layers.map((layer, place) => ({ name: layer.text, colour: STYLES[place % STYLES.length][0] })))));
}

const smallFigure = (found, title, content) => el("figure", { "data-type": found.type }, el("figcaption", null, title), content);

const CHARTS = { levels: levelsChart, rows: rowsChart, recipes: recipesChart, changes: changesChart, sights: sightsChart };
const evidenceOf = (found) => (found.length ? el("div", { class: "grid evidence" }, found.map((one) => CHARTS[one.type](one))) : null);
