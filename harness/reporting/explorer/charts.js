// Charts as SVG by d3's scales, axes and shapes; every point can be reached with the keyboard.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56a0d3", "#b0413e", "#5e4fa2", "#4d7c0f", "#7f7f7f", "#c2185b", "#00838f"];
const colourOf = (name) => COLOURS[data.architectures.findIndex((one) => one.name === name) % COLOURS.length];

function frame(label, { x, y, xTitle, yTitle, xTicks, yFormat, height = 340, width = Math.max(320, Math.min(900, document.getElementById("main").clientWidth)) }) {
  const left = 62, right = 16, top = 12, bottom = 44;
  x.range([left, width - right]);
  y.range([height - bottom, top]);
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });
  const axes = svg("g", { "aria-hidden": "true" });
  const bottomAxis = d3.axisBottom(x).ticks(x.base && width < 600 ? 2 : 6, x.base ? "~s" : xTicks === "whole" ? "d" : undefined);
  if (xTicks === "whole") bottomAxis.tickValues(x.ticks(8).filter(Number.isInteger));
  d3.select(axes).append("g").attr("transform", `translate(0,${height - bottom})`).call(bottomAxis);
  d3.select(axes).append("g").attr("transform", `translate(${left},0)`).call(d3.axisLeft(y).ticks(6).tickFormat(yFormat));
  axes.append(
    svg("text", { x: (left + width) / 2, y: height - 8, "text-anchor": "middle" }, xTitle),
    svg("text", { transform: `translate(14,${height / 2 - 16}) rotate(-90)`, "text-anchor": "middle" }, yTitle));
  chart.append(axes);
  return chart;
}

const accuracyTitle = titled(metric);
const ticked = (of) => (value) => (of.scale * value).toFixed(of.unit === "%" ? Math.min(1, of.places) : of.places);

function padded(values) {
  const [low, high] = d3.extent(values);
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - margin, high + margin];
}

const dashesOf = (line) => line.dashes || (line.dashed ? "5 4" : null);

// Lines over numbered steps: each a name, values with their lowest and highest, and a colour. Of the options, `upright`
// and `level` are a place and a text each, for a line that stands and one that lies.
function lineChart(label, lines, xTitle, of = metric, { width, height, upright, level } = {}) {
  // `runs` of a line are drawn thin, one for each seed.
  const all = lines.flatMap((line) => line.points.flatMap((point) => [point.low, point.high]));
  const steps = lines.flatMap((line) => line.points.map((point) => point.x));
  if (!all.length) return el("p", { class: "quiet" }, "Nothing to draw.");
  const x = d3.scaleLinear().domain(d3.extent(steps)[0] === d3.extent(steps)[1] ? [steps[0] - 1, steps[0] + 1] : d3.extent(steps));
  const y = d3.scaleLinear().domain(padded(level ? [...all, level[0]] : all)).nice();
  const wholeSteps = steps.every(Number.isInteger);
  const chart = frame(label, { x, y, xTitle, yTitle: titled(of), xTicks: wholeSteps ? "whole" : "", yFormat: ticked(of), width, height });
  if (upright) chart.append(svg("line", { class: "mark", x1: x(upright[0]), x2: x(upright[0]), y1: y.range()[0], y2: y.range()[1] }), svg("text", { class: "mark", x: x(upright[0]) + 4, y: y.range()[1] + 9 }, upright[1]));
  if (level) chart.append(svg("line", { class: "mark", x1: x.range()[0], x2: x.range()[1], y1: y(level[0]), y2: y(level[0]) }), svg("text", { class: "mark", x: x.range()[0] + 4, y: y(level[0]) - 4 }, level[1]));
  const area = d3.area().x((p) => x(p.x)).y0((p) => y(p.low)).y1((p) => y(p.high));
  const path = d3.line().x((p) => x(p.x)).y((p) => y(p.mean));
  for (const line of lines) {
    const drawn = svg("g", { tabindex: "0", role: "img" },
      svg("path", { d: area(line.points), fill: line.colour, opacity: 0.15 }),
      (line.runs || []).map((run) => svg("path", { class: "run", stroke: line.colour, d: path(run.map((value, epoch) => ({ x: epoch + 1, mean: value }))) })),
      svg("path", { d: path(line.points), fill: "none", stroke: line.colour, "stroke-width": 2, "stroke-dasharray": dashesOf(line) }),
      line.points.map((point) => svg("circle", { cx: x(point.x), cy: y(point.mean), r: 2.5, fill: line.colour })));
    const last = line.points[line.points.length - 1];
    chart.append(explained(drawn, `${line.name}: ${withUnit(measured(last.mean, of), of)} at ${last.x} (${range(last.low, last.high, of)})`));
  }
  return chart;
}

function legend(lines) {
  return el("div", { class: "legend" }, lines.map((line) => {
    const key = svg("svg", { width: 26, height: 10, viewBox: "0 0 26 10", "aria-hidden": "true" },
      svg("line", { x1: 0, x2: 26, y1: 5, y2: 5, stroke: line.colour, "stroke-width": 3, "stroke-dasharray": dashesOf(line) }));
    return el("span", null, key, " ", line.name);
  }));
}

// A learning curve's band: the mean over seeds, from the lowest to the highest.
const band = (runs) => (runs.length ? runs[0].map((_, epoch) => {
  const values = runs.map((run) => run[epoch]).filter((value) => value !== null && value !== undefined);
  return { x: epoch + 1, mean: mean(values), low: Math.min(...values), high: Math.max(...values) };
}) : []);
