"use strict";
// Plays recorded lives: decodes the columns once, then draws any frame from its commands.
(async () => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const head = JSON.parse($("#head").textContent);
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const STEERING = css("--steering-fill"), LEARNING = css("--learning-fill");

  // -- data --------------------------------------------------------------------------------------
  const inflate = (bytes) =>
    new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  const LENGTHS = { rect: () => 4, circle: () => 3, ellipse: () => 4, path: (style) => 2 * style[3], picture: () => 5,
    clip: () => 4, unclip: () => 0, text: () => 3, tooltip: () => 5 };
  const [frames, commands, numbers] = head.columns;
  const buffer = await inflate(bytesOf($("#columns").textContent));
  const counts = new Uint16Array(buffer, 0, frames);
  const looks = new Uint16Array(buffer, 2 * frames, commands);
  const places = new Int16Array(buffer, 2 * (frames + commands), numbers);
  const lengths = head.styles.map((style) => LENGTHS[style[0]](style));
  const firstLook = new Uint32Array(frames + 1), firstPlace = new Uint32Array(frames + 1);
  for (let frame = 0, look = 0, place = 0; frame < frames; frame++) {
    for (let left = counts[frame]; left > 0; left--) place += lengths[looks[look++]];
    firstLook[frame + 1] = look;
    firstPlace[frame + 1] = place;
  }
  const starts = [];
  let passed = 0;
  for (const track of head.clips) {
    starts.push(track.map((clip) => {
      const start = passed;
      passed += clip.frames * head.panels.length;
      return start;
    }));
  }
  const before = [0]; // frames before each age, of the first track; all tracks have the same
  for (const clip of head.clips[0]) before.push(before[before.length - 1] + clip.frames);
  const total = before[before.length - 1];

  // -- drawing -----------------------------------------------------------------------------------
  const ASCENT = 0.928, HEIGHT = 1.164, EM = 0.66; // of DejaVu Sans, and letters for each unit of size
  const ALIGN = { left: 0, right: 1, top: 0, bottom: 1 };
  const anchors = {};
  const anchorOf = (name) => anchors[name] || (anchors[name] = name === "center" ? [0.5, 0.5] : [
    name.startsWith("mid") && !/left|right/.test(name) ? 0.5 : ALIGN[/left|right/.exec(name)[0]],
    name.startsWith("mid") && /left|right/.test(name) ? 0.5 : ALIGN[/top|bottom/.exec(name)[0]],
  ]);
  const bitmaps = new Map(), composed = new Map();
  const bitmap = (number) => {
    if (!bitmaps.has(number)) {
      bitmaps.set(number, null);
      createImageBitmap(new Blob([bytesOf(head.pictures[number].data)], { type: "image/webp" })).then((image) => {
        bitmaps.set(number, image);
        invalidate();
      });
    }
    return bitmaps.get(number);
  };
  const picture = (number) => { // the whole picture, put together from what differs from the ones before; null while it is decoded
    if (composed.has(number)) return composed.get(number);
    const chain = [];
    for (let link = number; link >= 0; link = head.pictures[link].base) chain.unshift(link);
    if (chain.map(bitmap).some((image) => image === null)) return null;
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = head.pictures[number].size;
    const pen = sheet.getContext("2d");
    for (const link of chain) pen.drawImage(bitmap(link), head.pictures[link].left, 0);
    composed.set(number, sheet);
    if (composed.size > 40) composed.delete(composed.keys().next().value);
    return sheet;
  };
  const roundBox = (pen, x, y, width, height, radii) => {
    pen.beginPath();
    if (radii.length && pen.roundRect) pen.roundRect(x, y, width, height, radii.map((r) => Math.min(r, width / 2, height / 2)));
    else pen.rect(x, y, width, height);
  };
  const finish = (pen, style) => {
    if (style[2]) {
      pen.strokeStyle = style[1];
      pen.lineWidth = style[2];
      pen.stroke();
    } else {
      pen.fillStyle = style[1];
      pen.fill();
    }
  };
  const DRAW = {
    rect(pen, style, n) {
      const inset = style[2] / 2;
      const radii = style.slice(3).map((radius) => Math.max(0, radius - inset));
      roundBox(pen, n[0] + inset, n[1] + inset, Math.max(0, n[2] - style[2]), Math.max(0, n[3] - style[2]), radii);
      finish(pen, style);
    },
    circle(pen, style, n) {
      pen.beginPath();
      pen.arc(n[0], n[1], Math.max(0, n[2] - style[2] / 2), 0, 2 * Math.PI);
      finish(pen, style);
    },
    ellipse(pen, style, n) {
      const inset = style[2] / 2;
      pen.beginPath();
      pen.ellipse(n[0] + n[2] / 2, n[1] + n[3] / 2, Math.max(0, n[2] / 2 - inset), Math.max(0, n[3] / 2 - inset), 0, 0, 2 * Math.PI);
      finish(pen, style);
    },
    path(pen, style, n) {
      pen.beginPath();
      for (let i = 0; i < n.length; i += 2) i ? pen.lineTo(n[i], n[i + 1]) : pen.moveTo(n[i], n[i + 1]);
      if (!style[2]) pen.closePath();
      finish(pen, style);
    },
    clip(pen, style, n) {
      pen.restore();
      pen.save();
      pen.beginPath();
      pen.rect(n[0], n[1], n[2], n[3]);
      pen.clip();
    },
    unclip(pen) {
      pen.restore();
      pen.save();
    },
  };
  const draw = (canvas, panel, frame, wide) => {
    const high = Math.max(1, Math.round((wide * panel.size[1]) / panel.size[0]));
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#f7f6f2";
    pen.fillRect(0, 0, wide, high);
    pen.setTransform(wide / panel.size[0], 0, 0, wide / panel.size[0], 0, 0);
    pen.save();
    let at = firstPlace[frame];
    for (let look = firstLook[frame]; look < firstLook[frame + 1]; look++) {
      const style = head.styles[looks[look]], length = lengths[looks[look]];
      if (style[0] === "text") {
        const [, colour, size, anchor, bold] = style;
        const text = head.texts[places[at] + head.shift], em = EM * size, [across, down] = anchorOf(anchor);
        pen.font = `${bold ? "bold " : ""}${em}px Nestling, "DejaVu Sans", sans-serif`;
        pen.fillStyle = colour;
        pen.textAlign = across === 0 ? "left" : across === 1 ? "right" : "center";
        pen.fillText(text, places[at + 1] / head.units, places[at + 2] / head.units + em * (ASCENT - down * HEIGHT));
      } else if (style[0] === "picture") {
        const sheet = picture(places[at] + head.shift);
        if (sheet) pen.drawImage(sheet, ...Array.from(places.subarray(at + 1, at + 5), (n) => n / head.units));
      } else if (style[0] !== "tooltip") {
        DRAW[style[0]](pen, style, Array.from(places.subarray(at, at + length), (n) => n / head.units));
      }
      at += length;
    }
    pen.restore();
  };

  const tooltip = (frame, x, y) => { // what is said of a place of a panel, in its units
    let at = firstPlace[frame], found = "";
    for (let look = firstLook[frame]; look < firstLook[frame + 1]; look++) {
      if (head.styles[looks[look]][0] === "tooltip") {
        const [left, top, wide, high] = Array.from(places.subarray(at + 1, at + 5), (n) => n / head.units);
        if (x >= left && x < left + wide && y >= top && y < top + high) found = head.texts[places[at] + head.shift];
      }
      at += lengths[looks[look]];
    }
    return found;
  };

  // -- state -------------------------------------------------------------------------------------
  const panes = [...document.querySelectorAll(".pane")].map((root) => ({
    root, track: $(".track", root), age: $(".age", root), caption: $(".caption", root),
    canvases: head.panels.map((panel) => $(`canvas.${panel.name}`, root)), shown: "",
  }));
  const state = { place: 0, playing: !head.beside && !matchMedia("(prefers-reduced-motion: reduce)").matches, speed: 1, two: false, heard: false };
  const option = (select, value, text) => select.append(new Option(text, value));
  panes.forEach((pane, index) => {
    head.tracks.forEach((name, track) => option(pane.track, track, name));
    if (index) option(pane.age, "same", "the same age");
    head.ages.forEach((age, number) => option(pane.age, number, age.label));
    pane.age.value = index ? "same" : "0";
  });
  panes[1].track.value = head.tracks.length > 1 ? "1" : "0";
  if (head.tracks.length < 2 && head.ages.length < 2) {
    $("#compare").hidden = true;
    for (const pick of document.querySelectorAll(".pick")) pick.hidden = true;
  }
  const ageAt = (place) => Math.max(0, before.findLastIndex((start) => start <= place && start < total));
  const where = (index) => { // track, age and frame that a pane shows
    const place = Math.min(total - 1, Math.floor(state.place)), age = ageAt(place);
    const own = index && panes[1].age.value !== "same" ? Number(panes[1].age.value) : age;
    const track = Number(panes[index].track.value);
    return { track, age: own, frame: Math.min(place - before[age], head.clips[track][own].frames - 1) };
  };
  const duration = (seconds) => {
    if (seconds >= 2 * 86400) return `${Math.floor(seconds / 86400)} d ${((seconds % 86400) / 3600).toFixed(1)} h`;
    const whole = Math.round(seconds);
    if (whole >= 2 * 3600) return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  };
  const tickAt = ({ age, frame }) => head.ages[age].tick + (frame + 1) * head.ticksPerFrame;
  let stale = true;
  function invalidate() {
    stale = true;
    for (const pane of panes) pane.shown = "";
  }

  const frameOf = ({ track, age, frame }, panel) => starts[track][age] + panel * head.clips[track][age].frames + frame;
  const show = () => {
    panes.slice(0, state.two ? 2 : 1).forEach((pane, index) => {
      const { track, age, frame } = where(index), key = `${track}/${age}/${frame}`;
      if (pane.shown === key) return;
      pane.shown = key;
      const clip = head.clips[track][age];
      pane.canvases.forEach((canvas, panel) => draw(canvas, head.panels[panel], frameOf({ track, age, frame }, panel),
        Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio))));
      const learning = clip.inCharge[frame];
      pane.caption.className = `caption ${learning ? "learning" : "steering"}`;
      pane.caption.textContent = clip.captions[clip.caption[frame]];
      pane.canvases[0].setAttribute("aria-label", `${head.tracks[track]}, ${head.ages[age].label}. ${pane.caption.textContent}`);
    });
    const now = where(0);
    panes[0].age.value = String(now.age);
    $("#scrub").value = String(Math.floor(state.place));
    const age = duration(tickAt(now) * head.dt);
    $("#scrub").setAttribute("aria-valuetext", `${head.ages[now.age].label}, age ${age}`);
    $("#clock").textContent = `${head.ages[now.age].label}, age ${age}`;
    moveCursor(now);
    stale = false;
  };

  // -- strip and life line -----------------------------------------------------------------------
  const drawStrip = () => {
    const strip = $("#strip"), rows = state.two ? 2 : 1;
    strip.width = Math.max(1, Math.round(strip.clientWidth * devicePixelRatio));
    strip.height = Math.round(18 * devicePixelRatio);
    const pen = strip.getContext("2d"), step = strip.width / total, high = strip.height / rows;
    for (let row = 0; row < rows; row++) {
      const track = Number(panes[row].track.value);
      head.clips[track].forEach((clip, age) => {
        const fixed = row && panes[1].age.value !== "same" ? head.clips[track][Number(panes[1].age.value)] : clip;
        for (let frame = 0; frame < clip.frames; frame++) {
          pen.fillStyle = fixed.inCharge[Math.min(frame, fixed.frames - 1)] ? LEARNING : STEERING;
          pen.fillRect((before[age] + frame) * step, row * high, step + 1, high - (rows > 1 ? 1 : 0));
        }
        pen.fillStyle = css("--paper");
        if (age) pen.fillRect(before[age] * step - 1.5 * devicePixelRatio, 0, 3 * devicePixelRatio, strip.height);
      });
    }
  };
  head.ages.forEach((age, number) => {
    const mark = document.createElement("span");
    mark.textContent = age.label.replace(" of life", "");
    mark.style.left = `${(100 * before[number]) / total}%`;
    mark.style.width = `${(100 * (before[number + 1] - before[number])) / total}%`;
    $("#marks").append(mark);
  });

  let moveCursor = () => {};
  const line = head.line;
  const svg = (name, attributes, parent, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const LOOKS = { "whole animal": ["var(--ink)", 3, ""], "steering alone": ["var(--steering)", 2, ""],
    "learning alone": ["var(--learning)", 2, ""] };
  const shortName = (track) => head.tracks[track].split(",")[0];
  const smooth = (series, reach) => series.map((value, bin) => {
    if (value === null) return null;
    const near = series.slice(Math.max(0, bin - reach), bin + reach + 1).filter((other) => other !== null);
    return near.reduce((sum, other) => sum + other, 0) / near.length;
  });
  const drawLine = () => {
    const holder = $("#line"), width = Math.max(320, holder.clientWidth), narrow = width < 600;
    const left = narrow ? 44 : 64, right = width - (narrow ? 12 : 150), top = narrow ? 18 + 18 * head.tracks.length : 26, high = 110;
    const root = svg("svg", { viewBox: `0 0 ${width} ${top + high + 66}`, role: "group", "aria-label": "Fitness and control by age" });
    holder.replaceChildren(root);
    const reach = Math.floor(line.share[0].length / 24);
    const curves = line.fitness.map((series) => smooth(series, reach));
    const values = curves.flat().filter((value) => value !== null);
    const low = Math.min(0, ...values), most = Math.max(...values, low + 1e-9);
    const x = (tick) => left + ((right - left) * tick) / line.steps;
    const y = (value) => top + high - (high * (value - low)) / (most - low);
    const over = duration((2 * reach + 1) * line.ticks * head.dt);
    svg("text", { x: left, y: 16 }, root, `${head.unit}, mean over ${over}`);
    const ticks = [0, low, most].filter((value, index, all) => all.slice(0, index).every((other) => Math.abs(y(other) - y(value)) > 16));
    for (const value of ticks) {
      svg("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: "var(--rule)" }, root);
      svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, root, String(Number(value.toPrecision(2))));
    }
    let dash = 0;
    const ends = [];
    curves.forEach((series, track) => {
      const [colour, thick, pattern] = LOOKS[shortName(track)] || ["var(--faint)", 2, ["6 4", "2 3", "8 3 2 3"][dash++ % 3]];
      const points = series.map((value, bin) => value === null ? null : `${x(Math.min(line.steps, (bin + 0.5) * line.ticks))},${y(value)}`);
      svg("polyline", { points: points.filter(Boolean).join(" "), fill: "none", stroke: colour, "stroke-width": thick,
        "stroke-dasharray": pattern, "stroke-linejoin": "round" }, root);
      ends.push({ track, colour, at: y(series.filter((value) => value !== null).at(-1)) });
    });
    ends.sort((one, other) => one.at - other.at);
    ends.forEach((end, index) => { end.at = Math.max(end.at, index ? ends[index - 1].at + 17 : top + 4); });
    for (let index = ends.length - 1, floor = top + high + 4; index >= 0; index--, floor -= 17) ends[index].at = Math.min(ends[index].at, floor);
    ends.forEach(({ track, colour, at }, index) => svg("text", { class: "name", x: narrow ? left : right + 8,
      y: narrow ? 34 + 18 * index : at + 4, style: `fill:${colour}` }, root, shortName(track)));
    const ribbon = top + high + 14, shown = Number(panes[0].track.value);
    line.share[shown].forEach((share, bin) => {
      if (share === null) return;
      const start = x(bin * line.ticks), wide = x(Math.min(line.steps, (bin + 1) * line.ticks)) - start + 0.5;
      svg("rect", { x: start, y: ribbon, width: wide, height: 18, fill: "var(--steering-fill)", "shape-rendering": "crispEdges" }, root);
      svg("rect", { x: start, y: ribbon + 18 * (1 - share), width: wide, height: 18 * share, fill: "var(--learning-fill)", "shape-rendering": "crispEdges" }, root);
    });
    if (!narrow) svg("text", { x: right + 8, y: ribbon + 13 }, root, "who was in charge");
    svg("text", { x: left, y: ribbon + 46 }, root, "birth");
    svg("text", { x: right, y: ribbon + 46, "text-anchor": "end" }, root, duration(line.steps * head.dt));
    const cursor = svg("line", { y1: top, y2: ribbon + 18, stroke: "var(--ink)", "stroke-width": 2 }, root);
    head.ages.forEach((age, number) => {
      const at = x(age.tick);
      const mark = svg("g", { class: "mark", role: "button", tabindex: 0, "aria-label": `Show ${age.label}` }, root);
      svg("title", {}, mark, age.label);
      svg("circle", { cx: at, cy: ribbon + 26, r: 6, fill: "var(--ink)" }, mark);
      mark.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); goTo(before[number]); } });
    });
    root.addEventListener("click", (event) => {
      const box = root.getBoundingClientRect(), at = ((event.clientX - box.left) * width) / box.width;
      const distances = head.ages.map((age) => Math.abs(x(age.tick) - at));
      goTo(before[distances.indexOf(Math.min(...distances))]);
    });
    moveCursor = (now) => {
      const at = x(tickAt(now));
      cursor.setAttribute("x1", at);
      cursor.setAttribute("x2", at);
    };
    moveCursor(where(0));
  };

  // -- sound -------------------------------------------------------------------------------------
  const audio = new Audio();
  let heard = "";
  const hear = () => {
    const { track, age, frame } = where(0), clip = head.clips[track][age];
    const on = state.heard && state.playing && clip.sound && state.speed >= 0.5 && state.speed <= 2;
    if (!on) return audio.pause();
    const seconds = frame / head.fps;
    if (heard !== `${track}/${age}`) {
      heard = `${track}/${age}`;
      audio.src = `data:audio/mpeg;base64,${clip.sound}`;
      audio.currentTime = seconds;
    }
    audio.playbackRate = state.speed;
    if (Math.abs(audio.currentTime - seconds) > 0.25) audio.currentTime = seconds;
    if (audio.paused) audio.play().catch(() => {});
  };

  // -- controls ----------------------------------------------------------------------------------
  const goTo = (place) => {
    state.place = Math.max(0, Math.min(total - 1, place));
    stale = true;
  };
  const step = (by) => {
    setPlaying(false);
    goTo(Math.floor(state.place) + by);
  };
  const setPlaying = (playing) => {
    if (playing && state.place >= total - 1) state.place = 0;
    state.playing = playing;
    $("#play").textContent = playing ? "Pause" : "Play";
    for (const pane of panes) pane.caption.setAttribute("aria-live", playing ? "off" : "polite");
  };
  const setCompare = (two) => {
    state.two = two;
    $("#stage").classList.toggle("two", two);
    panes[1].root.hidden = !two;
    $("#compare").setAttribute("aria-pressed", String(two));
    invalidate();
    drawStrip();
  };
  const setSpeed = (by) => {
    const speed = $("#speed");
    speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by));
    state.speed = Number(speed.value);
  };
  $("#scrub").max = String(total - 1);
  $("#scrub").addEventListener("input", (event) => { goTo(Number(event.target.value)); show(); });
  $("#play").addEventListener("click", () => setPlaying(!state.playing));
  $("#back").addEventListener("click", () => step(-1));
  $("#forward").addEventListener("click", () => step(1));
  $("#speed").addEventListener("change", () => setSpeed(0));
  $("#compare").addEventListener("click", () => setCompare(!state.two));
  $("#sound").hidden = !head.clips.flat().some((clip) => clip.sound);
  $("#sound").addEventListener("click", () => {
    state.heard = !state.heard;
    $("#sound").setAttribute("aria-pressed", String(state.heard));
  });
  panes[0].age.addEventListener("change", () => goTo(before[Number(panes[0].age.value)]));
  for (const select of [panes[0].track, panes[1].track, panes[1].age]) {
    select.addEventListener("change", () => { invalidate(); drawStrip(); if (line) drawLine(); });
  }
  const KEYS = { " ": () => setPlaying(!state.playing), ArrowLeft: () => step(-1), ArrowRight: () => step(1),
    ArrowUp: () => setSpeed(1), ArrowDown: () => setSpeed(-1), n: () => goTo(0), g: () => goTo(before[head.ages.length - 1]),
    c: () => $("#compare").hidden || setCompare(!state.two) };
  document.addEventListener("keydown", (event) => {
    const busy = /SELECT|SUMMARY/.test(event.target.tagName) || (event.target.tagName === "BUTTON" && event.key === " ");
    const scrubbing = event.target.id === "scrub" && event.key.startsWith("Arrow");
    if (busy || scrubbing || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  panes.forEach((pane, index) => pane.canvases.forEach((canvas, panel) => canvas.addEventListener("pointermove", (event) => {
    const units = head.panels[panel].size[0] / canvas.clientWidth;
    canvas.title = tooltip(frameOf(where(index), panel), event.offsetX * units, event.offsetY * units);
  })));
  new ResizeObserver(() => { invalidate(); drawStrip(); if (line) drawLine(); }).observe($("main"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawStrip());

  await Promise.all(["16px Nestling", "bold 16px Nestling"].map((face) => document.fonts.load(face)));
  if (head.beside) {
    panes[1].track.value = panes[0].track.value;
    panes[1].age.value = String(head.ages.length - 1);
    setCompare(true);
  }
  $("#life").hidden = !line;
  setPlaying(state.playing);
  drawStrip();
  if (line) drawLine();
  let last = performance.now();
  const tick = (now) => {
    const passedFrames = (Math.min(0.25, (now - last) / 1000) * head.fps) * state.speed;
    last = now;
    if (state.playing) {
      state.place += passedFrames;
      if (state.place >= total - 1) {
        state.place = total - 1;
        setPlaying(false);
      }
      stale = true;
    }
    if (stale) show();
    hear();
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const drawn = (panel, track, age, frame, wide) => { // a panel as a picture, for those who want to keep one
    const sheet = document.createElement("canvas");
    draw(sheet, head.panels[panel], starts[track][age] + panel * head.clips[track][age].frames + frame, wide);
    return sheet.toDataURL("image/png");
  };
  window.nestling = { drawn, state, total, before, goTo, show, setPlaying, setCompare, ready: () => ![...bitmaps.values()].includes(null) };
})().catch((error) => {
  const words = document.createElement("p");
  words.textContent = `This page cannot be played: ${error.message}. It needs a browser of 2023 or later.`;
  document.querySelector("main").prepend(words);
  throw error;
});
