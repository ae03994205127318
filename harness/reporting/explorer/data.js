// The findings as they were written, and their numbers as people read them.
const data = JSON.parse(document.getElementById("data").textContent);
const named = new Map(data.architectures.map((one) => [one.name, one]));
const metric = data.headline;
const UNKNOWN = "–";

const measured = (value, of = metric) => (value === null ? UNKNOWN : (of.scale * value).toFixed(of.places));
const withUnit = (text, of = metric) => (text === UNKNOWN ? text : `${text} ${of.unit}`.trim());
const signed = (value) => {
  const text = (metric.scale * value).toFixed(metric.places);
  return `${value >= 0 && !text.startsWith("-") ? "+" : ""}${text}`;
};
const whole = (value) => (value === null ? UNKNOWN : value.toLocaleString("en"));
const seconds = (value) => (value === null ? UNKNOWN : value < 10 ? value.toFixed(2) : value.toFixed(1));
const spread = (one) => (one.mean === null ? one.state : `${measured(one.mean)} ± ${measured(one.sd)}`);
const range = (low, high, of = metric) => (low === null ? UNKNOWN : `${measured(low, of)} to ${measured(high, of)}`);
const rankOf = (one) => (one.rank ? (one.rank[0] === one.rank[1] ? `${one.rank[0]}` : `${one.rank[0]}–${one.rank[1]}`) : UNKNOWN);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const titled = (of) => `${of.title}${of.unit ? ` (${of.unit})` : ""}`;

const COSTS = {
  parameters: ["Parameters", whole],
  macs: ["Multiply-accumulates per image", whole],
  seconds: ["Training seconds", seconds],
  epochSeconds: ["Seconds per epoch", seconds],
};

// What architectures are laid against a cost by: the headline, other numbers that are recorded, and the costs themselves.
function measures() {
  const found = new Map([["headline", { title: titled(metric), of: metric, higherIsBetter: metric.higherIsBetter, value: (one) => one }]]);
  const plain = (value) => ({ mean: value === undefined ? null : value, low: null, high: null });
  const last = (one) => (one.train.length ? mean(one.train.map((run) => run[run.length - 1])) : null);
  found.set("train", { title: `${titled({ ...metric, title: metric.title.replace(/^Test/, "Training") })}, running mean of the last epoch`, of: metric, higherIsBetter: metric.higherIsBetter, value: (one) => plain(last(one)) });
  for (const change of data.tolerances) {
    change.levels.forEach((level, place) => found.set(`${change.name}@${level}`, {
      title: `${change.title}, ${level} ${change.unit}: ${titled(change.metric).toLowerCase()}`, of: change.metric, higherIsBetter: true,
      value: (one) => plain((change.curves.find((curve) => curve.name === one.name) || { means: [] }).means[place]),
    }));
  }
  for (const [key, [title, text]] of Object.entries(COSTS)) found.set(key, { title, text, higherIsBetter: false, value: (one) => plain(one[key]) });
  return found;
}

// The difference of two architectures as the report has it, whichever of them came first there.
function pairOf(first, second) {
  const place = (name) => data.architectures.findIndex((one) => one.name === name);
  const [a, b] = [place(first), place(second)];
  const found = data.pairs.find((pair) => (pair[0] === a && pair[1] === b) || (pair[0] === b && pair[1] === a));
  if (!found || found[2] === null) return null;
  const [estimate, low, high] = found.slice(2, 5);
  const kept = { p: found[5], differ: found[6], same: found[7] };
  if (found[0] === a) return { estimate, low, high, ...kept };
  return { estimate: -estimate, low: high === null ? null : -high, high: low === null ? null : -low, ...kept };
}
