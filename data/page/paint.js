/* Draws the whole map into a canvas, in small steps, so that dragging never waits for it. */
(function (C) {
  'use strict';

  const WIDTH = [2.4, 1.5, 0.9, 0.7];
  const COLOUR = ['#8b8378', '#9d968c', '#b3ada4', '#c4bfb6'];
  /* Pixels for a kilometre from which a class of street is drawn. */
  const FROM = [0, 14, 45, 110];

  const paths = {};

  /** Adds the rings of a community to a path, without corners closer than `2^octave` dm. */
  function trace(path, i, octave) {
    const o = C.data.communities.outline[i];
    const least = Math.pow(2, octave);
    for (let r = 0; r < o.n; r++) {
      let x = 0;
      let y = 0;
      for (let p = o.start[r]; p < o.start[r + 1]; p++) {
        const nx = o.xy[2 * p];
        const ny = o.xy[2 * p + 1];
        if (p === o.start[r]) {
          path.moveTo(nx, ny);
        } else if (Math.abs(nx - x) >= least || Math.abs(ny - y) >= least) {
          path.lineTo(nx, ny);
        } else {
          continue;
        }
        x = nx;
        y = ny;
      }
      path.closePath();
    }
  }

  /** Path of a community, kept for the next time. */
  C.outlinePath = function (i, octave) {
    if (!paths[octave]) {
      const kept = Object.keys(paths);
      if (kept.length > 3) { delete paths[kept[0]]; }
      paths[octave] = [];
    }
    const cache = paths[octave];
    if (!cache[i]) {
      cache[i] = new Path2D();
      trace(cache[i], i, octave);
    }
    return cache[i];
  };

  /* Communities that are painted in one stroke of the brush. */
  const CROWD = 300;
  let crowds = { key: '', list: [] };

  /** Far out a province is tens of thousands of specks: those of one colour and nearly one strength are painted many at a time. */
  function crowdsOf(show, octave) {
    const key = [octave, show.ground, show.fade].join();
    if (crowds.key === key) { return crowds.list; }
    const open = {};
    const c = C.data.communities;
    crowds = { key: key, list: [] };
    for (let i = 0; i < c.n; i++) {
      if (!c.box[i]) { continue; }
      const how = C.paintOf(i, show.ground, show.fade);
      const strength = Math.round(how[1] * 12) / 12;
      const style = how[0] + strength;
      if (!open[style] || open[style].members.length >= CROWD) {
        open[style] = { colour: how[0], strength: strength, members: [], box: null, path: null };
        crowds.list.push(open[style]);
      }
      open[style].members.push(i);
      open[style].box = C.join(open[style].box, c.box[i]);
    }
    return crowds.list;
  }

  /*plan*/ C.forgetCrowds = function () { crowds.key = ''; };
  function crowdPath(crowd, octave) {
    if (!crowd.path) {
      crowd.path = new Path2D();
      crowd.members.forEach(function (i) { trace(crowd.path, i, octave); });
    }
    return crowd.path;
  }

  C.octave = function (k) { return Math.max(0, Math.floor(Math.log(0.6 / k) / Math.LN2)); };

  /** Makes decimetres the unit of a canvas. */
  C.toWorld = function (ctx, v, dpr) {
    ctx.setTransform(dpr * v.k, 0, 0, -dpr * v.k, dpr * (v.w / 2 - v.x * v.k), dpr * (v.h / 2 + v.y * v.k));
  };
  C.toScreen = function (ctx, dpr) { ctx.setTransform(dpr, 0, 0, dpr, 0, 0); };

  let hatch = null;
  function hatching(ctx, v) {
    if (!hatch) {
      const tile = document.createElement('canvas');
      tile.width = tile.height = 8;
      const t = tile.getContext('2d');
      t.strokeStyle = '#6f6f6f';
      t.lineWidth = 1.2;
      t.beginPath();
      t.moveTo(-2, 6); t.lineTo(6, -2);
      t.moveTo(2, 10); t.lineTo(10, 2);
      t.stroke();
      hatch = ctx.createPattern(tile, 'repeat');
    }
    // The pattern lives in the coordinates of the path, which are decimetres here.
    if (hatch.setTransform) { hatch.setTransform(new DOMMatrix([1 / v.k, 0, 0, -1 / v.k, 0, 0])); }
    return hatch;
  }

  /** Adds the strokes that are in view to the present path, in pixels; stops after some and says where to go on. */
  C.traceStrokes = function (ctx, s, v, from, most) {
    const k = v.k;
    const ox = v.w / 2 - v.x * k;
    const oy = v.h / 2 + v.y * k;
    const pad = 4 / k;
    const w = v.x - v.w / 2 / k - pad;
    const e = v.x + v.w / 2 / k + pad;
    const south = v.y - v.h / 2 / k - pad;
    const north = v.y + v.h / 2 / k + pad;
    let drawn = 0;
    let i = from;
    for (; i < s.n && drawn < most; i++) {
      const b = 4 * i;
      if (s.box[b] > e || s.box[b + 2] < w || s.box[b + 1] > north || s.box[b + 3] < south) { continue; }
      // A stroke shorter than a pixel or two shows nothing.
      if ((s.box[b + 2] - s.box[b] + s.box[b + 3] - s.box[b + 1]) * k < 1.5) { continue; }
      const end = s.start[i + 1];
      let px = 0;
      let py = 0;
      for (let p = s.start[i]; p < end; p++) {
        const x = s.xy[2 * p] * k + ox;
        const y = oy - s.xy[2 * p + 1] * k;
        if (p === s.start[i]) {
          ctx.moveTo(x, y);
        } else if (p === end - 1 || Math.abs(x - px) + Math.abs(y - py) > 0.9) {
          ctx.lineTo(x, y);
        } else {
          continue;
        }
        px = x;
        py = y;
      }
      drawn += end - s.start[i];
    }
    return i;
  };

  function inView(box, v) {
    return box && box[0] <= v.x + v.w / 2 / v.k && box[2] >= v.x - v.w / 2 / v.k && box[1] <= v.y + v.h / 2 / v.k && box[3] >= v.y - v.h / 2 / v.k;
  }

  let probe = null;
  /** Makes the browser draw what it has only noted down so far, so that the work does not all fall on the last step. */
  function settle(ctx) {
    if (!probe) {
      probe = document.createElement('canvas');
      probe.width = probe.height = 1;
    }
    probe.getContext('2d').drawImage(ctx.canvas, 0, 0, 1, 1, 0, 0, 1, 1);
  }

  /** Boxes on the screen that must not overlap. */
  function Room() { this.cells = new Map(); }
  Room.prototype.take = function (x0, y0, x1, y1, force) {
    const cells = [];
    for (let cx = Math.floor(x0 / 64); cx <= Math.floor(x1 / 64); cx++) {
      for (let cy = Math.floor(y0 / 64); cy <= Math.floor(y1 / 64); cy++) {
        const key = cx * 100003 + cy;
        const list = this.cells.get(key);
        if (list && !force) {
          for (let i = 0; i < list.length; i++) {
            const b = list[i];
            if (b[0] < x1 && b[2] > x0 && b[1] < y1 && b[3] > y0) { return false; }
          }
        }
        cells.push(key);
      }
    }
    const box = [x0, y0, x1, y1];
    for (let i = 0; i < cells.length; i++) {
      if (!this.cells.has(cells[i])) { this.cells.set(cells[i], []); }
      this.cells.get(cells[i]).push(box);
    }
    return true;
  };

  /** Draws everything but the selection. `show` says what: ground, fade, dots, streets, facilities, candidates, names, pack. */
  C.paint = function* (ctx, v, dpr, show) {
    const data = C.data;
    const c = data.communities;
    const perKm = v.k * 10000;
    C.toScreen(ctx, dpr);
    ctx.globalAlpha = 1;
    ctx.fillStyle = C.LAND;
    ctx.fillRect(0, 0, v.w, v.h);
    ctx.lineJoin = 'round';
    ctx.lineCap = 'round';
    const octave = C.octave(v.k);

    const seen = [];
    let wide = 0;
    for (let i = 0; i < c.n; i++) {
      if (inView(c.box[i], v)) {
        seen.push(i);
        wide += (c.box[i][2] - c.box[i][0]) * v.k;
      }
    }
    // Mean width of a community on the screen.
    wide = seen.length ? wide / seen.length : 0;
    const specks = seen.length > 1000 && wide < 16;
    C.toWorld(ctx, v, dpr);
    if (specks) {
      const list = crowdsOf(show, octave);
      for (let n = 0; n < list.length; n++) {
        if (!inView(list[n].box, v)) { continue; }
        ctx.globalAlpha = list[n].strength;
        ctx.fillStyle = list[n].colour || hatching(ctx, v);
        ctx.fill(crowdPath(list[n], octave), 'evenodd');
        if (n % 4 === 3) { settle(ctx); }
        yield;
        C.toWorld(ctx, v, dpr);
      }
    }
    for (let s = 0; s < seen.length && !specks; s++) {
      const how = C.paintOf(seen[s], show.ground, show.fade);
      ctx.globalAlpha = how[1];
      ctx.fillStyle = how[0] || hatching(ctx, v);
      ctx.fill(C.outlinePath(seen[s], octave), 'evenodd');
      if (s % 100 === 99) {
        if (s % 500 === 499) { settle(ctx); }
        yield;
        C.toWorld(ctx, v, dpr);
      }
    }
    ctx.globalAlpha = 1;
    yield;

    if (show.streets) {
      C.toScreen(ctx, dpr);
      const grow = Math.max(0.7, Math.min(3, Math.sqrt(perKm / 90)));
      for (let cl = data.streets.classes.length - 1; cl >= 0; cl--) {
        if (perKm < FROM[cl] && !data.streets.few[cl]) { continue; }
        const s = C.streetsOf(cl);
        for (let at = 0; at < s.n;) {
          ctx.beginPath();
          at = C.traceStrokes(ctx, s, v, at, 4000);
          ctx.strokeStyle = COLOUR[cl];
          // Many small streets close together would hide the ground: thin from afar.
          ctx.lineWidth = WIDTH[cl] * (cl > 1 ? Math.max(0.5, Math.min(grow, perKm / 100)) : grow);
          ctx.globalAlpha = 0.85;
          ctx.stroke();
          ctx.globalAlpha = 1;
          yield;
        }
      }
      settle(ctx);
      yield;
    }

    C.toWorld(ctx, v, dpr);
    ctx.strokeStyle = '#5d5a55';
    ctx.lineWidth = Math.max(0.5, Math.min(1.3, perKm / 120)) / v.k;
    ctx.globalAlpha = 0.55;
    if (specks && wide > 7) {
      const list = crowdsOf(show, octave);
      for (let n = 0; n < list.length; n++) {
        if (!inView(list[n].box, v)) { continue; }
        ctx.stroke(crowdPath(list[n], octave));
        if (n % 4 === 3) { settle(ctx); }
        yield;
      }
    }
    for (let s = 0; s < seen.length && !specks; s++) {
      ctx.stroke(C.outlinePath(seen[s], octave));
      if (s % 150 === 149) {
        if (s % 900 === 899) { settle(ctx); }
        yield;
      }
    }
    ctx.globalAlpha = 1;
    settle(ctx);
    yield;

    if (show.dots) { yield* paintDots(ctx, v, dpr, perKm); }

    const room = new Room();
    const sites = placeSites(v, show, room);
    yield;
    C.toScreen(ctx, dpr);
    if (show.names && !specks) { yield* paintNames(ctx, v, seen, room); }
    yield* paintSites(ctx, dpr, sites);
  };

  let sheet = null;

  /** Dots as pixels of their own sheet, laid over the map at once: many times cheaper than tens of thousands of rectangles. */
  function* paintDots(ctx, v, dpr, perKm) {
    const d = C.data.dots;
    const w = Math.round(v.w * dpr);
    const h = Math.round(v.h * dpr);
    if (!sheet) { sheet = document.createElement('canvas'); }
    if (sheet.width !== w || sheet.height !== h) {
      sheet.width = w;
      sheet.height = h;
    }
    const picture = new ImageData(w, h);
    const pixels = new Uint32Array(picture.data.buffer);
    const ink = C.DOT_STATES.map(function (s) {
      const c = parseInt(C.DOTS[s].slice(1), 16);
      return (200 << 24 | (c & 255) << 16 | (c >> 8 & 255) << 8 | c >> 16) >>> 0;
    });
    yield;
    const k = v.k * dpr;
    const ox = w / 2 - v.x * k;
    const oy = h / 2 + v.y * k;
    const least = (d.n < 30000 && perKm > 40 ? 1.7 : 1.2) * dpr;
    const grow = 0.75 * dpr * Math.sqrt(perKm / 100);
    const most = d.square ? Math.max(1.2, d.square / 1000 * perKm * 0.9) * dpr : 14 * dpr;
    for (let i = 0; i < d.n; i++) {
      const x = d.x[i] * k + ox;
      const y = oy - d.y[i] * k;
      if (x < 0 || y < 0 || x > w || y > h) { continue; }
      // Between two whole sizes some dots take the one, some the other, so that together they are as large as they should be.
      const side = Math.max(1, Math.floor(Math.min(most, Math.max(least, Math.sqrt(d.people[i]) * grow)) + (i * 7 % 16) / 16));
      const x0 = Math.max(0, Math.round(x - side / 2));
      const y0 = Math.max(0, Math.round(y - side / 2));
      const x1 = Math.min(w, x0 + side);
      const y1 = Math.min(h, y0 + side);
      const colour = ink[d.state[i]];
      for (let row = y0; row < y1; row++) { pixels.fill(colour, row * w + x0, row * w + x1); }
      if (i % 8000 === 7999) { yield; }
    }
    sheet.getContext('2d').putImageData(picture, 0, 0);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(sheet, 0, 0);
    C.toScreen(ctx, dpr);
  }

  /** Whether facilities are so many and so far away that only specks of them are drawn. */
  C.crowded = function (k) { return C.data.facilities.n > 3000 && k * 10000 < 8; };

  /** Which sites are drawn how: [x, y, mark, number, small], the most important last; and specks: [x, y]. */
  function placeSites(v, show, room) {
    const data = C.data;
    const specks = [];
    const ox = v.w / 2 - v.x * v.k;
    const oy = v.h / 2 + v.y * v.k;
    const at = function (p) {
      const x = p[0] * v.k + ox;
      const y = oy - p[1] * v.k;
      return x > -20 && y > -20 && x < v.w + 20 && y < v.h + 20 ? [x, y] : null;
    };
    const out = [];
    if (show.facilities) {
      const f = data.facilities;
      const last = [];
      const small = f.n > 150 && v.k * 10000 < 25;
      const crowded = C.crowded(v.k);
      const there = {};
      for (let i = 0; i < f.n; i++) {
        const spot = f.at[i] && at(f.at[i]);
        if (!spot) { continue; }
        const mark = C.facilityMark(i);
        if (crowded) {
          // Thousands of marks on one screen would hide the ground: those that count, as specks, and one where several lie on each other.
          const cell = Math.round(spot[0] / 3) * 4096 + Math.round(spot[1] / 3);
          if (mark !== 'f.counts' || there[cell]) { continue; }
          there[cell] = true;
          specks.push(spot);
          continue;
        }
        room.take(spot[0] - 6, spot[1] - 6, spot[0] + 6, spot[1] + 6, true);
        (mark === 'f.counts' ? last : out).push([spot[0], spot[1], mark, '', small]);
      }
      last.forEach(function (s) { out.push(s); });
    }
    /*plan*/ if (show.candidates) { C.plan.place(v, at, room, out); } else
    if (show.candidates) {
      const pack = data.packs[show.pack];
      const plain = [];
      const numbered = [];
      const order = pack ? pack.ranking.candidate : data.candidates.at.map(function (at, i) { return i; });
      const taken = new Room();
      // From afar only the best have a number: more would hide the city they are about.
      const many = order.length > 150 && v.k * 10000 < 60;
      const crowded = order.length > 3000 && v.k * 10000 < 8;
      let numbers = many ? Math.max(25, v.w * v.h / 16000) : Infinity;
      order.forEach(function (i, row) {
        const spot = data.candidates.at[i] && at(data.candidates.at[i]);
        if (!spot) { return; }
        const kind = pack ? pack.ranking.eligibility[row] : 'plain';
        const rank = pack ? pack.ranking.rank[row] : null;
        if (rank !== null && numbers > 0 && taken.take(spot[0] - 10, spot[1] - 10, spot[0] + 10, spot[1] + 10)) {
          numbers--;
          numbered.push([spot[0], spot[1], 'c.' + kind, String(rank), false]);
          room.take(spot[0] - 11, spot[1] - 11, spot[0] + 11, spot[1] + 11, true);
        } else if (crowded) {
          return;
        } else if (rank !== null) {
          plain.push([spot[0], spot[1], kind === 'conditional' ? 'c.dot2' : 'c.dot', '', many]);
        } else {
          if (!many || !pack) { plain.push([spot[0], spot[1], pack ? 'c.ineligible' : 'c.plain', '', many]); }
        }
      });
      plain.reverse().concat(numbered.reverse()).forEach(function (s) { out.push(s); });
    }
    out.specks = specks;
    return out;
  }

  function* paintSites(ctx, dpr, sites) {
    ctx.fillStyle = '#0b3d6b';
    for (let i = 0; i < sites.specks.length; i++) { ctx.fillRect(sites.specks[i][0] - 1, sites.specks[i][1] - 1, 2, 2); }
    yield;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    for (let i = 0; i < sites.length; i++) {
      const s = sites[i];
      const sprite = C.sprite(s[2], dpr, s[4]);
      ctx.drawImage(sprite.canvas, s[0] - sprite.half, s[1] - sprite.half, 2 * sprite.half, 2 * sprite.half);
      if (s[3]) {
        ctx.font = (s[3].length > 3 ? 8 : s[3].length > 2 ? 9 : 11) + 'px ' + C.FONT;
        ctx.fillStyle = s[2] === 'c.conditional' ? '#5b1f86' : '#fff';
        ctx.fillText(s[3], s[0], s[1] + 0.5);
      }
      if (i % 300 === 299) { yield; }
    }
  }

  /** Names of communities where there is room, those of more people first. */
  function* paintNames(ctx, v, seen, room) {
    const c = C.data.communities;
    const size = Math.max(10.5, Math.min(13.5, 9 + v.k * 10000 / 80));
    ctx.font = size + 'px ' + C.FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineWidth = 3;
    ctx.strokeStyle = 'rgba(255,255,255,0.85)';
    ctx.fillStyle = '#2b2925';
    const order = seen.slice().sort(function (a, b) { return (c.people[b] || 0) - (c.people[a] || 0) || a - b; });
    let left = 160;
    for (let s = 0; s < order.length && left > 0; s++) {
      const i = order[s];
      if (!c.at[i]) { continue; }
      const room1 = (c.box[i][2] - c.box[i][0]) * v.k;
      const name = c.name[i].length > 14 ? c.name[i].slice(0, 13) + '…' : c.name[i];
      if (room1 < name.length * size * 0.55) { continue; }
      const width = ctx.measureText(name).width;
      if (width > room1 * 1.15) { continue; }
      const x = (c.at[i][0] - v.x) * v.k + v.w / 2;
      const y = v.h / 2 - (c.at[i][1] - v.y) * v.k;
      const offsets = [0, 15, -15, 26, -26];
      for (let o = 0; o < offsets.length; o++) {
        const oy = y + offsets[o];
        if (room.take(x - width / 2 - 2, oy - size / 2 - 1, x + width / 2 + 2, oy + size / 2 + 1)) {
          ctx.strokeText(name, x, oy);
          ctx.fillText(name, x, oy);
          left--;
          // Each new Chinese letter must be drawn by the font first: the dearest thing on the map.
          if (left % 8 === 0) { yield; }
          break;
        }
      }
    }
  }

  C.FONT = '"Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "Source Han Sans SC", Arial, sans-serif';
})(careshed);
