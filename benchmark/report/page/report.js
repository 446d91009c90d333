// Tables sort by a click on a heading; without scripts they simply stay in the order of the run.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") === "descending";
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const compare = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
        const order = isNaN(x) || isNaN(y) ? x.localeCompare(y) : Number(x) - Number(y);
        return up ? order : -order;
      };
      body.append(...[...body.rows].sort(compare));
    });
  });
}

// Figures tell their numbers where somebody points, or moves with the arrow keys.
for (const plot of document.querySelectorAll(".plot")) {
  const data = plot.querySelector("script[type='application/json']");
  const svg = plot.querySelector("svg");
  if (!data || !svg) continue;
  const { ages, unit, series, axis } = JSON.parse(data.textContent);
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  plot.append(tip);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, value] of Object.entries({ y1: axis.top, y2: axis.bottom, stroke: "currentColor", "stroke-opacity": .5, visibility: "hidden" })) line.setAttribute(name, value);
  svg.append(line);
  const shown = (value) => value === null ? "\u2013" : value.toFixed(Math.abs(value) < 10 ? 2 : 1).replace("-", "\u2212");
  let place = null;
  const show = (next) => {
    place = Math.max(0, Math.min(ages.length - 1, next));
    const x = axis.left + (ages[place] - axis.first) / (axis.last - axis.first) * (axis.right - axis.left);
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    line.setAttribute("visibility", "visible");
    const rows = series.map(({ name, colour, values, low, high }) => {
      const row = document.createElement("div"), mark = document.createElement("i");
      mark.style.background = colour;
      const bounds = low && low[place] !== null ? ` [${shown(low[place])}, ${shown(high[place])}]` : "";
      row.append(mark, `${name}: ${shown(values[place])}${bounds}`);
      return row;
    });
    const head = document.createElement("strong");
    head.textContent = `age ${ages[place]} ${unit}`;
    tip.replaceChildren(head, ...rows);
    tip.hidden = false;
    const matrix = svg.getScreenCTM(), frame = plot.getBoundingClientRect();
    const at = matrix.a * x + matrix.e - frame.left + plot.scrollLeft;
    const left = at + 14 + tip.offsetWidth > plot.scrollLeft + plot.clientWidth ? at - 14 - tip.offsetWidth : at + 14;
    tip.style.left = `${Math.max(plot.scrollLeft, left)}px`;
    tip.style.top = `${matrix.d * axis.top + matrix.f - frame.top + 6}px`;
  };
  const hide = () => { tip.hidden = true; line.setAttribute("visibility", "hidden"); place = null; };
  svg.addEventListener("pointermove", (event) => {
    const matrix = svg.getScreenCTM();
    const x = (event.clientX - matrix.e) / matrix.a;
    if (x < axis.left - 4 || x > axis.right + 4) return hide();
    const age = axis.first + (x - axis.left) / (axis.right - axis.left) * (axis.last - axis.first);
    show(ages.reduce((best, one, index) => Math.abs(one - age) < Math.abs(ages[best] - age) ? index : best, 0));
  });
  svg.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") return hide();
    if (!step) return;
    event.preventDefault();
    show(place === null ? (step > 0 ? 0 : ages.length - 1) : place + step);
  });
}

const each = document.getElementById("each");
if (each && document.querySelector(".each-animal")) {
  each.hidden = false;
  each.addEventListener("click", () => {
    const on = document.body.classList.toggle("each");
    each.setAttribute("aria-pressed", on);
    each.textContent = on ? "Hide single animals" : "Show single animals";
  });
}

// A player that was folded away when it was loaded has no height yet.
for (const box of document.querySelectorAll("details[name=films]")) {
  let unfolded = box.open;  // one that is open from the start fits itself, and tells of it once
  box.addEventListener("toggle", () => setTimeout(() => {
    const frame = box.querySelector("iframe"), at_first = unfolded;
    unfolded = false;
    if (at_first || !box.open || !frame?.contentDocument) return;
    frame.style.height = "0";
    frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 8}px`;
  }, 100));
}

// A printed page has everything unfolded.
addEventListener("beforeprint", () => { for (const box of document.querySelectorAll("details:not(.screen)")) box.open = true; });
