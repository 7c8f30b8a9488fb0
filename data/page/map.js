/* The map under the hand: view, dragging, zooming, hovering, choosing. What is drawn is in paint.js. */
(function (C) {
  'use strict';

  const map = {
    view: { x: 0, y: 0, k: 0.01, w: 1, h: 1 },
    show: { ground: 'status', fade: true, dots: true, streets: true, facilities: true, candidates: true, names: true, pack: 0 },
    onpick: function () {},
    hover: null,
    chosen: null
  };
  C.map = map;

  let canvas;
  let ctx;
  let dpr = 1;
  /* Pixels of the screen for one of ours: on a large screen marks and names grow with the text around the map. */
  let unit = 1;
  /* The last finished picture and the one being drawn: larger than the window, so that a drag has something to show. */
  let front = null;
  let back = null;
  let job = null;
  let stale = true;
  let framed = false;
  let dragging = false;
  let byKey = false;
  let limits = [1e-6, 10];
  /* The box of everything drawn. */
  let extent = null;
  let lastMove = 0;
  let printing = false;
  const now = function () { return window.performance.now(); };

  map.start = function () {
    extent = C.extent();
    canvas = C.id('map');
    ctx = canvas.getContext('2d');
    // The whole study, drawn once: the view stands before the first picture.
    map.resize(true);
    listen();
    if (window.ResizeObserver) { new window.ResizeObserver(function () { if (!printing) { map.resize(); } }).observe(C.id('stage')); }
  };

  /** Takes the size of the element as it is now. */
  map.resize = function (whole) {
    const v = map.view;
    unit = C.unit();
    const w = (canvas.clientWidth || 600) / unit;
    const h = (canvas.clientHeight || 400) / unit;
    const ratio = Math.min(2, window.devicePixelRatio || 1) * unit;
    if (w === v.w && h === v.h && ratio === dpr) { return; }
    v.w = w;
    v.h = h;
    dpr = ratio;
    canvas.width = Math.round(w * dpr);
    canvas.height = Math.round(h * dpr);
    limits = [0.4 * fitScale(extent), 0.4];
    if (whole === true) {
      v.x = (extent[0] + extent[2]) / 2;
      v.y = (extent[1] + extent[3]) / 2;
      v.k = fitScale(extent);
    }
    stale = true;
    // At once: a canvas that has just changed its size is blank.
    draw();
  };

  function fitScale(box) {
    const v = map.view;
    const pad = Math.min(36, v.w / 14);
    return Math.min((v.w - 2 * pad) / Math.max(500, box[2] - box[0]), (v.h - 2 * pad) / Math.max(500, box[3] - box[1]));
  }

  map.fit = function () {
    const box = extent;
    fly((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, fitScale(box));
  };

  /** Moves so that a spot is in the middle, and a box in view. */
  map.goto = function (spot, box) {
    const v = map.view;
    const k = box ? Math.min(fitScale(box) * 0.8, 0.03) : Math.max(v.k, closeUp());
    fly(spot[0], spot[1], Math.max(limits[0], Math.min(limits[1], k)));
  };

  /** The scale at which the walk to a site is as long as a quarter of the window. */
  function closeUp() {
    const walk = C.data.speed_mm_s * C.data.limit_ms / 1e8;
    return Math.min(0.03, Math.min(map.view.w, map.view.h) / 4 / walk);
  }

  /** Whether a spot lies well inside the window, near enough to see what it reaches. */
  map.sees = function (spot) {
    const p = screen(spot);
    return map.view.k > 0.5 * closeUp() && p[0] > 40 && p[1] > 40 && p[0] < map.view.w - 40 && p[1] < map.view.h - 40;
  };

  let flight = null;
  function fly(x, y, k) {
    const v = map.view;
    const still = window.matchMedia && window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!front || still || printing) {
      v.x = x;
      v.y = y;
      v.k = k;
      map.redraw();
      return;
    }
    flight = { from: [v.x, v.y, Math.log(v.k)], to: [x, y, Math.log(k)], since: now() };
    frame();
  }

  /** Whether a picture is being made, or will be. */
  map.busy = function () { return Boolean(job || stale || flight || framed); };

  /** Everything must be drawn anew. */
  map.redraw = function () {
    stale = true;
    frame();
  };

  /** Only what lies over the map has changed. */
  map.refresh = frame;

  function frame() {
    if (ctx && !framed) {
      framed = true;
      window.requestAnimationFrame(draw);
    }
  }

  function draw() {
    framed = false;
    const v = map.view;
    if (flight) {
      const t = Math.min(1, (now() - flight.since) / 260);
      const ease = 1 - Math.pow(1 - t, 3);
      v.x = flight.from[0] + (flight.to[0] - flight.from[0]) * ease;
      v.y = flight.from[1] + (flight.to[1] - flight.from[1]) * ease;
      v.k = Math.exp(flight.from[2] + (flight.to[2] - flight.from[2]) * ease);
      if (t < 1) { frame(); } else { flight = null; }
      stale = true;
    }
    if (!front) { work(Infinity); } else if (stale || job) { work(dragging || flight || now() - lastMove < 120 ? 9 : 24); }
    blit();
    over();
    chrome();
    if (job) { frame(); }
  }

  /** Draws on for so many milliseconds. A picture in the making is thrown away only when it would not cover the window any more. */
  function work(budget) {
    const v = map.view;
    const until = now() + budget;
    if (stale && !(job && worth(back, v))) {
      begin();
    }
    if (!job) { return; }
    for (;;) {
      if (job.next().done) {
        const done = back;
        back = front;
        front = done;
        job = null;
        if (!map.drawn) {
          map.drawn = true;
          C.moment('drawn');
        }
        if (stale && budget === Infinity) { begin(); } else { break; }
      }
      if (now() > until) { break; }
    }
    if (stale && !job) { frame(); }
  }

  function begin() {
    const v = map.view;
    const margin = Math.round(Math.min(260, v.w * 0.22));
    const w = v.w + 2 * margin;
    const h = v.h + 2 * margin;
    if (!back) { back = { canvas: document.createElement('canvas'), view: null, dpr: 1 }; }
    if (back.canvas.width !== Math.round(w * dpr) || back.canvas.height !== Math.round(h * dpr)) {
      back.canvas.width = Math.round(w * dpr);
      back.canvas.height = Math.round(h * dpr);
    }
    back.view = { x: v.x, y: v.y, k: v.k, w: w, h: h };
    back.shown = JSON.stringify(map.show);
    back.dpr = dpr;
    stale = false;
    job = C.paint(back.canvas.getContext('2d'), back.view, dpr, map.show);
  }

  /** Whether a picture shows all of the window at nearly its scale. */
  function covers(picture, v) {
    const p = picture && picture.view;
    return Boolean(p) && picture.shown === JSON.stringify(map.show) && picture.dpr === dpr && Math.abs(Math.log(p.k / v.k)) < 0.7 &&
      Math.abs(p.x - v.x) * 2 <= p.w / p.k - v.w / v.k && Math.abs(p.y - v.y) * 2 <= p.h / p.k - v.h / v.k;
  }

  /** Whether a picture in the making, though late, will still show half of the window: half a picture helps nobody. */
  function worth(picture, v) {
    const p = picture.view;
    return picture.shown === JSON.stringify(map.show) && picture.dpr === dpr && Math.abs(Math.log(p.k / v.k)) < 0.7 &&
      Math.abs(p.x - v.x) * v.k < v.w / 2 && Math.abs(p.y - v.y) * v.k < v.h / 2;
  }

  function blit() {
    const v = map.view;
    const p = front.view;
    const s = v.k / p.k;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
    ctx.fillStyle = C.LAND;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    let x = ((p.x - v.x) * v.k + v.w / 2 - p.w / 2 * s) * dpr;
    let y = ((v.y - p.y) * v.k + v.h / 2 - p.h / 2 * s) * dpr;
    if (s === 1) {
      // Whole pixels: copying is several times cheaper than resampling.
      x = Math.round(x);
      y = Math.round(y);
      ctx.drawImage(front.canvas, x, y);
    } else {
      // While everything moves nobody sees the difference, and it is several times cheaper.
      ctx.imageSmoothingEnabled = !(flight || now() - lastMove < 120);
      ctx.drawImage(front.canvas, x, y, front.canvas.width * s / front.dpr * dpr, front.canvas.height * s / front.dpr * dpr);
    }
  }

  function screen(spot) {
    const v = map.view;
    return [(spot[0] - v.x) * v.k + v.w / 2, v.h / 2 - (spot[1] - v.y) * v.k];
  }

  /** Hover and choice, over the picture. */
  function over() {
    if (map.chosen) { mark(map.chosen, true); }
    if (map.hover && !(map.chosen && map.hover.kind === map.chosen.kind && map.hover.i === map.chosen.i)) { mark(map.hover, false); }
    if (byKey && document.activeElement === canvas) {
      C.toScreen(ctx, dpr);
      const x = map.view.w / 2;
      const y = map.view.h / 2;
      [['#fff', 4], ['#111', 1.5]].forEach(function (pen) {
        ctx.strokeStyle = pen[0];
        ctx.lineWidth = pen[1];
        ctx.beginPath();
        ctx.moveTo(x - 14, y); ctx.lineTo(x + 14, y);
        ctx.moveTo(x, y - 14); ctx.lineTo(x, y + 14);
        ctx.stroke();
      });
    }
  }

  function mark(what, chosen) {
    const v = map.view;
    const data = C.data;
    if (what.kind === 'community') {
      if (!data.communities.box[what.i]) { ring(data.communities.at[what.i], chosen); return; }
      C.toWorld(ctx, v, dpr);
      const path = C.outlinePath(what.i, C.octave(v.k));
      ctx.lineJoin = 'round';
      ctx.lineWidth = (chosen ? 5.5 : 3) / v.k;
      ctx.strokeStyle = chosen ? '#ffd400' : '#fff';
      ctx.stroke(path);
      ctx.lineWidth = (chosen ? 2 : 1.4) / v.k;
      ctx.strokeStyle = '#1b1b1b';
      ctx.stroke(path);
      return;
    }
    const at = (what.kind === 'facility' ? data.facilities : data.candidates).at[what.i];
    if (chosen) { circles(what); }
    if (chosen && what.kind === 'candidate') { reached(what.i, at); }
    ring(at, chosen);
  }

  /** The areas within 5, 10, 15 minutes of a site, under the streets that make them. */
  function circles(what) {
    const v = map.view;
    const key = what.kind + what.i;
    if (map.circlesFor !== key) {
      map.circlesFor = key;
      map.circles = C.circlesOf(what.kind, what.i);
      if (map.circles) { map.circles.forEach(function (c) { c.path = areaPath(c.area); }); }
    }
    if (!map.circles) { return; }
    C.toWorld(ctx, v, dpr);
    ctx.lineJoin = 'round';
    map.circles.forEach(function (c) {
      const colour = C.BANDS[Math.min(c.band, C.BANDS.length - 1)];
      ctx.globalAlpha = 0.16;
      ctx.fillStyle = colour;
      ctx.fill(c.path, 'evenodd');
      // Where the streets are drawn too, they matter more.
      ctx.globalAlpha = what.kind === 'candidate' ? 0.6 : 0.9;
      ctx.lineWidth = (what.kind === 'candidate' ? 0.8 : 1.3) / v.k;
      ctx.strokeStyle = colour;
      ctx.stroke(c.path);
    });
    ctx.globalAlpha = 1;
  }

  function areaPath(area) {
    const path = new Path2D();
    for (let r = 0; r < area.n; r++) {
      for (let p = area.start[r]; p < area.start[r + 1]; p++) {
        if (p === area.start[r]) { path.moveTo(area.xy[2 * p], area.xy[2 * p + 1]); } else { path.lineTo(area.xy[2 * p], area.xy[2 * p + 1]); }
      }
      path.closePath();
    }
    return path;
  }

  function reached(i, at) {
    const v = map.view;
    C.toScreen(ctx, dpr);
    if (C.data.straight_dm && !map.circles && at && C.data.candidates.known[i]) {
      const p = screen(at);
      ctx.beginPath();
      ctx.arc(p[0], p[1], C.data.straight_dm * v.k, 0, 2 * Math.PI);
      ctx.fillStyle = 'rgba(91,31,134,0.12)';
      ctx.fill();
      ctx.setLineDash([7, 5]);
      ctx.lineWidth = 2;
      ctx.strokeStyle = C.BANDS[1];
      ctx.stroke();
      ctx.setLineDash([]);
    }
    if (map.reachedFor !== i) {
      map.reachedFor = i;
      map.reached = C.reachedOf(i);
    }
    if (!map.reached) { return; }
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    const width = Math.max(1.3, Math.min(4.5, v.k * 10000 / 90));
    for (let pass = 0; pass < 2; pass++) {
      for (let b = map.reached.length - 1; b >= 0; b--) {
        ctx.beginPath();
        C.traceStrokes(ctx, map.reached[b], v, 0, 1e9);
        ctx.lineWidth = width + (pass ? 0 : Math.min(1.6, width));
        ctx.strokeStyle = pass ? C.BANDS[Math.min(b, C.BANDS.length - 1)] : 'rgba(255,255,255,0.8)';
        ctx.stroke();
      }
    }
    const data = C.data;
    const pack = data.packs[map.show.pack];
    const row = pack ? pack.rowOf.get(i) : undefined;
    const kind = row === undefined ? 'plain' : pack.ranking.eligibility[row];
    const p = screen(at || [0, 0]);
    /*plan*/ C.plan.over(ctx, at && p, i, dpr);
    /*plan*/ return;
    const sprite = C.sprite('c.' + kind, dpr, false);
    if (at) {
      ctx.drawImage(sprite.canvas, p[0] - sprite.half, p[1] - sprite.half, 2 * sprite.half, 2 * sprite.half);
      const rank = row === undefined ? null : pack.ranking.rank[row];
      if (rank !== null) {
        ctx.font = '11px ' + C.FONT;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'middle';
        ctx.fillStyle = kind === 'conditional' ? '#5b1f86' : '#fff';
        ctx.fillText(String(rank), p[0], p[1] + 0.5);
      }
    }
  }

  function ring(at, chosen) {
    if (!at) { return; }
    const p = screen(at);
    C.toScreen(ctx, dpr);
    ctx.beginPath();
    ctx.arc(p[0], p[1], chosen ? 14 : 12, 0, 2 * Math.PI);
    ctx.lineWidth = chosen ? 5.5 : 4;
    ctx.strokeStyle = chosen ? '#ffd400' : '#fff';
    ctx.stroke();
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = '#1b1b1b';
    ctx.stroke();
  }

  /** The scale bar: 1, 2 or 5 of something, at most 130 pixels. */
  let barred = 0;
  function chrome() {
    if (barred === map.view.k && !printing) { return; }
    barred = map.view.k;
    const metres = 13 / map.view.k;
    const ten = Math.pow(10, Math.floor(Math.log(metres) / Math.LN10));
    const step = metres / ten >= 5 ? 5 * ten : metres / ten >= 2 ? 2 * ten : ten;
    const width = Math.round(step * 10 * map.view.k);
    const text = step >= 1000 ? C.num(step / 1000, 1) + ' km' : C.num(step, 1) + ' m';
    if (printing) {
      paperBar(width, text);
      return;
    }
    const bar = C.id('scale');
    bar.style.width = width * unit + 'px';
    bar.firstChild.textContent = text;
  }

  /** On paper the map is stretched to the sheet: its scale bar and north arrow must be part of the picture. */
  function paperBar(width, text) {
    const h = map.view.h;
    C.toScreen(ctx, dpr);
    ctx.fillStyle = 'rgba(255,255,255,0.88)';
    ctx.fillRect(12, h - 44, width + 20, 34);
    ctx.fillRect(map.view.w - 40, 10, 30, 52);
    ctx.strokeStyle = ctx.fillStyle = '#222';
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(22, h - 24); ctx.lineTo(22, h - 18); ctx.lineTo(22 + width, h - 18); ctx.lineTo(22 + width, h - 24);
    ctx.stroke();
    ctx.font = '12px ' + C.FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(text, 22 + width / 2, h - 33);
    const x = map.view.w - 25;
    ctx.fillText(C.t('map.n'), x, 20);
    ctx.beginPath();
    ctx.moveTo(x, 28); ctx.lineTo(x + 7, 56); ctx.lineTo(x, 50); ctx.lineTo(x - 7, 56);
    ctx.closePath();
    ctx.fill();
  }

  /** What lies under a point of the window: a site within reach of a finger, else a community. */
  map.pick = function (x, y, slack) {
    const v = map.view;
    const data = C.data;
    let best = null;
    let least = slack * slack;
    const wx = (x - v.w / 2) / v.k + v.x;
    const wy = v.y - (y - v.h / 2) / v.k;
    const look = function (kind, list) {
      for (let i = 0; i < list.n; i++) {
        const p = list.at[i];
        if (!p) { continue; }
        const dx = (p[0] - wx) * v.k;
        const dy = (p[1] - wy) * v.k;
        const d = dx * dx + dy * dy;
        if (d <= least) {
          least = d;
          best = { kind: kind, i: i };
        }
      }
    };
    if (map.show.facilities) { look('facility', data.facilities); }
    if (map.show.candidates) { look('candidate', data.candidates); }
    if (best) { return best; }
    const c = data.communities;
    for (let i = 0; i < c.n; i++) {
      const b = c.box[i];
      if (b && wx >= b[0] && wx <= b[2] && wy >= b[1] && wy <= b[3] && inside(c.outline[i], wx, wy)) { return { kind: 'community', i: i }; }
    }
    return null;
  };

  function inside(o, x, y) {
    let odd = false;
    for (let r = 0; r < o.n; r++) {
      const from = o.start[r];
      const to = o.start[r + 1];
      for (let p = from, q = to - 1; p < to; q = p++) {
        const ay = o.xy[2 * p + 1];
        const by = o.xy[2 * q + 1];
        if ((ay > y) !== (by > y) && x < (o.xy[2 * q] - o.xy[2 * p]) * (y - ay) / (by - ay) + o.xy[2 * p]) { odd = !odd; }
      }
    }
    return odd;
  }

  function pan(dx, dy) {
    map.view.x -= dx / map.view.k;
    map.view.y += dy / map.view.k;
    stay();
    flight = null;
    lastMove = now();
    if (!covers(front, map.view) || dragging === false) { stale = true; }
    frame();
  }

  function zoomAt(x, y, factor) {
    const v = map.view;
    const k = Math.max(limits[0], Math.min(limits[1], v.k * factor));
    v.x += (x - v.w / 2) * (1 / v.k - 1 / k);
    v.y -= (y - v.h / 2) * (1 / v.k - 1 / k);
    v.k = k;
    stay();
    flight = null;
    lastMove = now();
    map.redraw();
  }

  /** Keeps the middle of the window over the study: nobody should get lost beside it. */
  function stay() {
    const v = map.view;
    v.x = Math.max(extent[0], Math.min(extent[2], v.x));
    v.y = Math.max(extent[1], Math.min(extent[3], v.y));
  }

  function step(factor) {
    const v = map.view;
    fly(v.x, v.y, Math.max(limits[0], Math.min(limits[1], (flight ? Math.exp(flight.to[2]) : v.k) * factor)));
  }

  function listen() {
    const fingers = new Map();
    let moved = 0;
    let slack = 11;
    const spot = function (e) {
      const r = canvas.getBoundingClientRect();
      return [(e.clientX - r.left) / unit, (e.clientY - r.top) / unit];
    };
    canvas.addEventListener('pointerdown', function (e) {
      if (e.pointerType === 'mouse' && e.button !== 0) { return; }
      byKey = false;
      moved = 0;
      slack = e.pointerType === 'touch' ? 20 : 11;
      fingers.set(e.pointerId, spot(e));
      dragging = true;
      tip(null);
      try { canvas.setPointerCapture(e.pointerId); } catch (error) { /* a pointer that is gone already */ }
    });
    canvas.addEventListener('pointermove', function (e) {
      const p = spot(e);
      if (!fingers.has(e.pointerId)) {
        if (e.pointerType !== 'touch') { hover(p); }
        return;
      }
      const old = fingers.get(e.pointerId);
      moved += Math.abs(p[0] - old[0]) + Math.abs(p[1] - old[1]);
      if (fingers.size === 2) {
        let other = null;
        fingers.forEach(function (q, id) { if (id !== e.pointerId) { other = q; } });
        const before = Math.sqrt(Math.pow(old[0] - other[0], 2) + Math.pow(old[1] - other[1], 2));
        const after = Math.sqrt(Math.pow(p[0] - other[0], 2) + Math.pow(p[1] - other[1], 2));
        pan((p[0] - old[0]) / 2, (p[1] - old[1]) / 2);
        if (before > 8) { zoomAt((p[0] + other[0]) / 2, (p[1] + other[1]) / 2, after / before); }
      } else if (moved > 3) {
        canvas.style.cursor = 'grabbing';
        pan(p[0] - old[0], p[1] - old[1]);
      }
      fingers.set(e.pointerId, p);
    });
    const lift = function (e) {
      if (!fingers.delete(e.pointerId)) { return; }
      if (fingers.size) { return; }
      dragging = false;
      canvas.style.cursor = '';
      if (moved <= 6 && e.type === 'pointerup') {
        const p = spot(e);
        map.onpick(map.pick(p[0], p[1], slack));
      } else {
        map.redraw();
      }
    };
    canvas.addEventListener('pointerup', lift);
    canvas.addEventListener('pointercancel', lift);
    canvas.addEventListener('pointerleave', function () {
      map.hover = null;
      tip(null);
      frame();
    });
    canvas.addEventListener('wheel', function (e) {
      e.preventDefault();
      const p = spot(e);
      const lines = e.deltaMode === 1 ? 30 : e.deltaMode === 2 ? 400 : 1;
      zoomAt(p[0], p[1], Math.exp(-Math.max(-300, Math.min(300, e.deltaY * lines)) / 400));
    }, { passive: false });
    canvas.addEventListener('dblclick', function (e) {
      const p = spot(e);
      zoomAt(p[0], p[1], 2);
    });
    canvas.addEventListener('keydown', function (e) {
      if (e.ctrlKey || e.altKey || e.metaKey) { return; }
      const v = map.view;
      const way = { ArrowLeft: [90, 0], ArrowRight: [-90, 0], ArrowUp: [0, 90], ArrowDown: [0, -90] }[e.key];
      if (way) {
        pan(way[0], way[1]);
        stale = true;
      } else if (e.key === '+' || e.key === '=') {
        step(1.6);
      } else if (e.key === '-' || e.key === '_') {
        step(1 / 1.6);
      } else if (e.key === '0' || e.key === 'Home') {
        map.fit();
      } else if (e.key === 'Enter' || e.key === ' ') {
        map.onpick(map.pick(v.w / 2, v.h / 2, 16));
      } else if (e.key === 'Escape') {
        map.onpick(null);
      } else {
        return;
      }
      byKey = true;
      e.preventDefault();
      frame();
    });
    canvas.addEventListener('focus', frame);
    canvas.addEventListener('keyup', function (e) {
      if (e.key === 'Tab') {
        byKey = true;
        frame();
      }
    });
    canvas.addEventListener('blur', frame);
    C.id('zoomin').addEventListener('click', function () { step(1.6); });
    C.id('zoomout').addEventListener('click', function () { step(1 / 1.6); });
    C.id('zoomfit').addEventListener('click', map.fit);
    let wait = 0;
    window.addEventListener('resize', function () {
      window.clearTimeout(wait);
      wait = window.setTimeout(function () { if (!printing) { map.resize(); } }, 80);
    });
  }

  let hovered = '';
  function hover(p) {
    const what = map.pick(p[0], p[1], 11);
    canvas.style.cursor = what ? 'pointer' : '';
    const key = what ? what.kind + what.i : '';
    if (key !== hovered) {
      hovered = key;
      map.hover = what;
      frame();
    }
    tip(what, p);
  }

  function tip(what, p) {
    const box = C.id('tip');
    if (!what) {
      box.style.display = 'none';
      hovered = '';
      return;
    }
    if (box.getAttribute('data-of') !== what.kind + what.i + C.lang + map.show.pack) {
      box.setAttribute('data-of', what.kind + what.i + C.lang + map.show.pack);
      C.clear(box);
      C.brief(what).forEach(function (line, n) { box.appendChild(C.el(n ? 'div' : 'strong', {}, line)); });
    }
    box.style.display = 'block';
    const w = box.offsetWidth / unit;
    const h = box.offsetHeight / unit;
    box.style.left = (p[0] + 16 + w > map.view.w ? p[0] - w - 12 : p[0] + 16) * unit + 'px';
    box.style.top = Math.max(4, Math.min(map.view.h - h - 4, p[1] + 14)) * unit + 'px';
  }

  /** The map as paper needs it: everything at once, at twice the fineness, then back. */
  map.print = function (on) {
    const v = map.view;
    if (on && !printing) {
      printing = true;
      map.kept = { x: v.x, y: v.y, k: v.k };
      const scale = v.k / fitScale(extent);
      v.w = 1000;
      v.h = 690;
      dpr = 2;
      canvas.width = 2000;
      canvas.height = 1380;
      if (scale < 1.3) {
        const box = extent;
        v.x = (box[0] + box[2]) / 2;
        v.y = (box[1] + box[3]) / 2;
        v.k = fitScale(box);
      }
      flight = null;
      job = null;
      front = null;
      stale = true;
      draw();
    } else if (!on && printing) {
      printing = false;
      v.x = map.kept.x;
      v.y = map.kept.y;
      v.k = map.kept.k;
      v.w = 0;
      front = null;
      map.resize();
    }
  };
})(careshed);
