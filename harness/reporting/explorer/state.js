// What is shown stands in the address, so that every view has a link; nothing is stored elsewhere.
const read = () => new URLSearchParams(location.hash.slice(1));

function write(changes, { replace = false } = {}) {
  const state = read();
  for (const [key, value] of Object.entries(changes)) {
    if (value === "" || value === null || value === undefined) state.delete(key);
    else state.set(key, value);
  }
  const address = `#${state}`;
  if (replace) { history.replaceState(null, "", address); render(); } else location.hash = address;
}

const link = (changes) => {
  const kept = new URLSearchParams();
  if (read().get("data")) kept.set("data", read().get("data"));
  for (const [key, value] of Object.entries(changes)) kept.set(key, value);
  return `#${kept}`;
};

// The data set that is chosen; architectures on others are compared with none of it.
const chosenData = () => {
  const asked = read().get("data");
  return data.datasets.some((one) => one.name === asked) ? asked : (data.datasets[0] || { name: "" }).name;
};
const rivals = () => data.architectures.filter((one) => one.dataset === chosenData());
const rankedRivals = () => rivals().filter((one) => one.mean !== null);

function chooser(label, key, options, value, replace = false) {
  return el("label", null, label, el("select", { onchange: (event) => write({ [key]: event.target.value }, { replace }) },
    options.map(([option, text]) => el("option", { value: option, selected: option === value }, text))));
}
