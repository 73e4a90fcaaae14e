// The one script of the web pages, placed inline by reports/html.py: search, sorting, choosing and comparing.
// Everything can be read without it. It fetches nothing, stores nothing, and writes text as text only.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const MOST = 6;
  const folded = (text) => text.toLowerCase().replaceAll("aa", "å").normalize("NFC");
  const chosenIn = (hash) => {
    try { return hash.startsWith("#valgt=") ? hash.slice(7).split(",").filter(Boolean).map(decodeURIComponent) : []; }
    catch { return []; }
  };
  const hashOf = (ids) => (ids.length ? "#valgt=" + ids.map(encodeURIComponent).join(",") : "");
  const element = (name, attributes = {}, text = "") => {
    const svg = name === "svg" || name === "rect";
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  };

  for (const part of all("[data-needs-script]")) part.hidden = false;

  // Index: search, filter, sort, choose.
  const table = one("#omraadetabel");
  if (table) {
    const body = one("tbody", table), rows = all("tr", body);
    const search = one("#soeg"), kommune = one("#kommune"), count = one("#antal"), sorter = one("#sortering");
    // Searched are the names of a row (area, municipality, plan), each in a bdi, and the municipality in full.
    const full = new Map([...kommune.options].map((option) => [option.value, option.value && option.textContent]));
    const namesOf = (row) => [...all("bdi", row).map((name) => name.textContent), full.get(row.dataset.kommune) ?? ""];
    const words = new Map(rows.map((row) => [row, folded(namesOf(row).join("\n"))]));
    const show = () => {
      const terms = folded(search.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !(terms.every((term) => words.get(row).includes(term)) && (!kommune.value || row.dataset.kommune === kommune.value));
        if (!row.hidden) shown += 1;
      }
      count.textContent = count.dataset.text.replace("{n}", shown).replace("{i}", rows.length);
      one("#ingen").hidden = shown > 0;
    };
    const headers = all("thead th[data-column]", table);
    const sort = (column, descending) => {
      const header = headers.find((th) => th.dataset.column === String(column));
      const numeric = header.classList.contains("number");
      const danish = new Intl.Collator("da", { numeric: true });
      const valueOf = (row) => {
        const cell = row.children[column];
        return cell.dataset.sort ?? (one("bdi", cell) ?? cell).textContent.trim();
      };
      const sorted = rows.slice().sort((a, b) => {
        const [x, y] = [valueOf(a), valueOf(b)];
        if (x === "" || y === "") return (x === "") - (y === ""); // what is hidden comes last, either way
        const order = numeric ? Number(x) - Number(y) : danish.compare(x, y);
        return descending ? -order : order;
      });
      body.append(...sorted);
      for (const th of headers) th.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sorter.value = `${column}${descending ? "-" : "+"}`;
      if (sorter.selectedIndex < 0) sorter.selectedIndex = 0;
    };
    for (const th of headers) {
      const button = element("button", { type: "button" }, th.textContent.trim());
      th.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = th.getAttribute("aria-sort");
        sort(Number(th.dataset.column), now ? now === "ascending" : th.classList.contains("number"));
      });
    }
    sorter.addEventListener("change", () => { if (sorter.value) sort(Number.parseInt(sorter.value, 10), sorter.value.endsWith("-")); });
    search.addEventListener("input", show);
    kommune.addEventListener("change", show);
    const compare = one("#sammenlign");
    const boxes = all("input[type=checkbox]", body);
    const choose = () => {
      const ids = boxes.filter((box) => box.checked).map((box) => box.value);
      for (const box of boxes) box.disabled = ids.length >= MOST && !box.checked;
      compare.textContent = compare.dataset.text.replace("{n}", ids.length);
      compare.setAttribute("aria-disabled", ids.length ? "false" : "true");
      compare.href = compare.dataset.href + hashOf(ids);
    };
    for (const box of boxes) box.addEventListener("change", choose);
    show();
    choose();
  }

  // Comparison: one column per chosen unit, one row per measure.
  const data = one("#data");
  if (data) {
    const { units, measures, words } = JSON.parse(data.textContent);
    const byId = new Map(units.map((unit) => [unit.id, unit]));
    const choices = one("#valg"), filter = one("#filter"), said = one("#valgt-antal"), result = one("#resultat");
    let chosen = chosenIn(location.hash).filter((id) => byId.has(id)).slice(0, MOST);
    for (const unit of units) {
      const item = element("li"), label = element("label"), text = element("span");
      label.append(element("input", { type: "checkbox", value: unit.id }), text);
      text.append(element("bdi", {}, unit.name));
      if (unit.where) text.append(element("span", { class: "quiet" }, " · " + unit.where));
      item.append(label);
      choices.append(item);
    }
    const boxes = all("input", choices);
    const gauge = (width) => {
      const drawn = element("svg", { class: "gauge", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" });
      drawn.append(element("rect", { class: "back", width: 100, height: 6 }), element("rect", { class: "share", width, height: 6 }));
      return drawn;
    };
    const draw = () => {
      for (const box of boxes) {
        box.checked = chosen.includes(box.value);
        box.disabled = chosen.length >= MOST && !box.checked;
      }
      said.textContent = words.chosen.replace("{n}", chosen.length).replace("{i}", MOST);
      result.hidden = !chosen.length;
      const picked = chosen.map((id) => byId.get(id));
      const head = element("tr");
      head.append(element("th", { scope: "col" }, words.measure));
      for (const unit of picked) {
        const th = element("th", { scope: "col" });
        const name = unit.href ? element("a", { href: unit.href }) : element("span");
        name.append(element("bdi", {}, unit.name));
        th.append(name);
        head.append(th);
      }
      const rows = [];
      for (const measure of measures) {
        const row = element("tr", measure.group ? { class: "group" } : {});
        row.append(element("th", { scope: measure.group ? "colgroup" : "row", ...(measure.group ? { colspan: picked.length + 1 } : {}) }, measure.name));
        if (!measure.group) {
          for (const unit of picked) {
            const { text, pct } = unit.cells[measure.key];
            const td = element("td", text === words.hidden ? { class: "withheld" } : {}, text);
            if (pct !== undefined) td.append(gauge((100 * pct) / (measure.whole ?? 100)));
            row.append(td);
          }
        }
        rows.push(row);
      }
      one("thead", result).replaceChildren(head);
      one("tbody", result).replaceChildren(...rows);
    };
    choices.addEventListener("change", (event) => {
      const { value, checked } = event.target;
      chosen = checked ? [...chosen, value] : chosen.filter((id) => id !== value);
      location.replace(hashOf(chosen) || "#");
      draw();
    });
    one("#ryd").addEventListener("click", () => {
      chosen = [];
      location.replace("#");
      draw();
      filter.focus();
    });
    filter.addEventListener("input", () => {
      const terms = folded(filter.value).split(/\s+/).filter(Boolean);
      for (const item of choices.children) item.hidden = !terms.every((term) => folded(item.textContent).includes(term));
    });
    addEventListener("hashchange", () => { chosen = chosenIn(location.hash).filter((id) => byId.has(id)).slice(0, MOST); draw(); });
    draw();
  }
})();
