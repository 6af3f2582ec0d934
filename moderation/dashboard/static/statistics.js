// Draws each table of figures with uPlot. The table is the only source: it stays, and says the same to everybody.
"use strict";

(() => {
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const STEPS = [10, 30, 60, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 432000, 864000, 2592000];
  const UNITS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const DASHES = [[], [8, 5], [2, 4]];
  const HEIGHT = { bars: 240, lines: 240, heat: 270 };
  const drawn = [];

  const span = (seconds) => {
    if (!seconds) return "0";
    const [size, unit] = UNITS.find(([size]) => seconds >= size) || UNITS[3];
    return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: 1 }).format(seconds / size);
  };
  const WORDS = { count: (n) => number.format(n), share: (n) => percent.format(n), seconds: span };

  // what the table says: heads of rows, and the columns that are drawn with their shown words
  function read(table) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells];
    const columns = heads.flatMap((head, place) => head.dataset.tone ? [{
      name: head.textContent,
      unit: head.dataset.unit,
      values: rows.map((row) => (row.cells[place].dataset.value === undefined ? null : Number(row.cells[place].dataset.value))),
      shown: rows.map((row) => row.cells[place].textContent.trim()),
    }] : []);
    return { heads: rows.map((row) => row.cells[0].textContent.trim()), shorts: rows.map((row) => row.cells[0].dataset.short), columns };
  }

  const ink = (element) => getComputedStyle(element).color;

  // a fill that differs from its neighbours by more than its colour; it covers what lies below it
  function weave(kind, colour, paper) {
    if (kind === 0) return colour;
    if (kind === 4) return paper;
    const scale = devicePixelRatio;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6 * scale;
    const pen = tile.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = paper;
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 2;
    pen.beginPath();
    if (kind === 1) for (const shift of [-6, 0, 6]) { pen.moveTo(shift - 1, 7); pen.lineTo(shift + 7, -1); }
    if (kind === 2) pen.arc(3, 3, 1.5, 0, 7);
    if (kind === 3) { pen.moveTo(0, 3); pen.lineTo(6, 3); }
    if (kind === 2) pen.fill();
    else pen.stroke();
    return pen.createPattern(tile, "repeat");
  }

  // bars stand on each other: the last series is the highest and is drawn first
  function stacked(columns) {
    const sums = columns[0].values.map(() => 0);
    return columns.map((column) => column.values.map((value, place) => (sums[place] += value || 0)));
  }

  function ticks(short, width) {
    const few = Math.max(1, Math.ceil((short.length * 62) / Math.max(width, 120)));
    return short.map((_, place) => place).filter((place) => place % few === 0);
  }

  // a square for each hour and day; the more comments, the larger
  function heat(plot, columns, colour) {
    const most = Math.max(1, ...columns.flatMap((column) => column.values));
    const pen = plot.ctx;
    const wide = plot.valToPos(1, "x", true) - plot.valToPos(0, "x", true);
    const high = Math.abs(plot.valToPos(1, "y", true) - plot.valToPos(0, "y", true));
    pen.save();
    pen.fillStyle = colour;
    columns.forEach((column, day) => column.values.forEach((value, hour) => {
      if (!value) return;
      const side = 0.92 * Math.sqrt(value / most);
      const x = plot.valToPos(hour, "x", true), y = plot.valToPos(columns.length - 1 - day, "y", true);
      pen.globalAlpha = 0.35 + 0.65 * (value / most);
      pen.fillRect(x - (wide * side) / 2, y - (high * side) / 2, wide * side, high * side);
    }));
    pen.restore();
  }

  function draw(section, table) {
    const kind = table.dataset.drawing;
    const place = section.querySelector(".plot"), readout = section.querySelector(".readout");
    const swatches = [...section.querySelectorAll(".swatch")];
    const { heads, shorts, columns } = read(table);
    const isHeat = kind === "heat";
    const faint = () => ink(readout), line = () => ink(section.querySelector(".rule"));
    const rule = document.createElement("span");
    rule.className = "rule";
    section.querySelector("figure").append(rule);
    place.hidden = readout.hidden = false;

    const x = heads.map((_, index) => index);
    const layers = kind === "bars" ? stacked(columns) : columns.map((column) => column.values);
    const words = WORDS[columns[0].unit] || WORDS.count;
    const paths = kind === "bars" ? uPlot.paths.bars({ size: [0.8, 48] }) : isHeat ? () => null : uPlot.paths.linear();
    const order = columns.map((_, index) => index);
    if (kind === "bars") order.reverse();
    const series = order.map((index) => ({
      label: columns[index].name,
      scale: "y",
      paths,
      width: kind === "lines" ? 2.5 : 1,
      dash: kind === "lines" ? DASHES[index % 3] : undefined,
      stroke: () => ink(swatches[isHeat ? 0 : index]),
      fill: kind === "bars" ? () => weave(index, ink(swatches[index]), getComputedStyle(section).backgroundColor) : undefined,
      points: kind === "lines" ? { show: true, size: 6 } : { show: false },
      spanGaps: false,
    }));
    const top = Math.max(0, ...layers.flat().filter((value) => value !== null));
    const highest = columns[0].unit === "share" ? 1 : top > 0 ? top * 1.08 : 1;
    const names = columns.map((column) => column.name);

    const tell = (plot) => {
      const at = plot.cursor.idx;
      if (at === null || at === undefined) return void (readout.textContent = "");
      const day = isHeat ? columns.length - 1 - Math.round(plot.posToVal(plot.cursor.top, "y")) : -1;
      const told = columns.filter((_, index) => !isHeat || index === day).map((column) => `${column.name} ${column.shown[at]}`);
      readout.textContent = `${heads[at]}: ${told.join(" · ")}`;
    };

    const axis = { stroke: faint, font: "12px system-ui, sans-serif", ticks: { show: false } };
    const plot = new uPlot({
      width: place.clientWidth,
      height: HEIGHT[kind],
      legend: { show: false },
      cursor: { points: { show: kind === "lines" }, drag: { x: false, y: false }, y: false },
      padding: [8, 12, 0, 0],
      scales: {
        x: { time: false, range: [-0.6, heads.length - 0.4] },
        y: { range: isHeat ? [-0.6, columns.length - 0.4] : [0, highest] },
      },
      series: [{ label: "" }, ...series],
      axes: [
        { ...axis, size: 30, grid: { show: false }, splits: (u) => ticks(shorts, u.width - 50), values: (_, at) => at.map((index) => shorts[index] ?? "") },
        {
          ...axis,
          size: (u, values) => 14 + 7 * Math.max(3, ...(values || []).map((word) => word.length)),
          grid: { show: !isHeat, stroke: line, width: 1 },
          ...(isHeat
            ? { splits: () => names.map((_, index) => index), values: (_, at) => at.map((index) => names[names.length - 1 - index]) }
            : { values: (_, at) => at.map((value) => words(value)), ...(columns[0].unit === "seconds" ? { incrs: STEPS } : columns[0].unit === "count" ? { incrs: whole() } : {}) }),
        },
      ],
      hooks: { setCursor: [tell], draw: isHeat ? [(u) => heat(u, columns, ink(swatches[0]))] : [] },
    }, [x, ...order.map((index) => layers[index])], place);
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", `${section.querySelector("h2").textContent}. ${section.querySelector(".lead")?.textContent || ""}`);
    drawn.push({ plot, place, height: HEIGHT[kind] });
  }

  // steps of an axis that counts comments: never a part of one
  function whole() {
    const steps = [];
    for (let power = 1; power < 1e9; power *= 10) steps.push(power, 2 * power, 5 * power);
    return steps;
  }

  for (const table of document.querySelectorAll("table[data-drawing]")) draw(table.closest("section"), table);

  // the drawings keep the width of the window and the colours of the theme
  new ResizeObserver(() => {
    for (const { plot, place, height } of drawn) {
      if (place.clientWidth && place.clientWidth !== plot.width) plot.setSize({ width: place.clientWidth, height });
    }
  }).observe(document.querySelector(".sheets"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach(({ plot }) => plot.redraw()));
})();
