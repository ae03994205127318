// The findings as they were written, and their numbers as people read them.
const data = JSON.parse(document.getElementById("data").textContent);
const named = new Map(data.architectures.map((one) => [one.name, one]));
const metric = data.headline;
const UNKNOWN = "–";

const measured = (value) => (value === null ? UNKNOWN : (metric.scale * value).toFixed(metric.places));
const withUnit = (text) => (text === UNKNOWN ? text : `${text} ${metric.unit}`.trim());
const signed = (value) => {
  const text = (metric.scale * value).toFixed(metric.places);
  return `${value >= 0 && !text.startsWith("-") ? "+" : ""}${text}`;
};
const whole = (value) => (value === null ? UNKNOWN : value.toLocaleString("en"));
const seconds = (value) => (value === null ? UNKNOWN : value < 10 ? value.toFixed(2) : value.toFixed(1));
const spread = (one) => (one.mean === null ? one.state : `${measured(one.mean)} ± ${measured(one.sd)}`);
const range = (low, high) => (low === null ? UNKNOWN : `${measured(low)} to ${measured(high)}`);
const rankOf = (one) => (one.rank ? (one.rank[0] === one.rank[1] ? `${one.rank[0]}` : `${one.rank[0]}–${one.rank[1]}`) : UNKNOWN);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const COSTS = {
  parameters: ["Parameters", whole],
  macs: ["Multiply-accumulates per image", whole],
  seconds: ["Training seconds", seconds],
  epochSeconds: ["Seconds per epoch", seconds],
};

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
