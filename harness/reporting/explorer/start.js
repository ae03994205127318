// Shows the view that the address names, and follows it.
const VIEWS = { architecture: showArchitecture, compare: showCompare, cost: showCost, curves: showCurves, changed: showChanged, documents: showDocuments };
let shownView = null;

function render() {
  const state = read(), view = VIEWS[state.get("view")] ? state.get("view") : "table";
  tip.hidden = true;
  const place = document.getElementById("view");
  document.getElementById("view-table").hidden = view !== "table";
  place.hidden = view === "table";
  if (view === "table") { showTable(state); place.replaceChildren(); } else {
    const focused = document.activeElement && place.contains(document.activeElement) ? [...place.querySelectorAll("select,input,a,button")].indexOf(document.activeElement) : -1;
    place.replaceChildren(fill(document.createDocumentFragment(), null, VIEWS[view](state)));
    const again = focused >= 0 ? place.querySelectorAll("select,input,a,button")[focused] : null;
    if (again) again.focus();
  }
  for (const anchor of document.querySelectorAll("nav a")) {
    const current = anchor.dataset.view ? anchor.dataset.view === view : anchor.dataset.dataset === chosenData();
    if (current) anchor.setAttribute("aria-current", "page"); else anchor.removeAttribute("aria-current");
    if (anchor.dataset.view) anchor.href = link({ view: anchor.dataset.view });
  }
  if (shownView !== null && shownView !== `${view} ${state.get("a")}`) { window.scrollTo(0, 0); }
  shownView = `${view} ${state.get("a")}`;
}

window.addEventListener("hashchange", render);
let drawnAt = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== drawnAt) { drawnAt = window.innerWidth; render(); } });
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
render();
