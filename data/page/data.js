/* The payload: packed texts back into numbers. The reverse of src/report/page/packed.rs and lines.rs. */
(function (C) {
  'use strict';

  const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const GROUP = new Uint8Array(128);
  for (let i = 0; i < 64; i++) { GROUP[LETTERS.charCodeAt(i)] = i; }

  /** Reads numbers off a packed text, one after the other. */
  function Reader(text) {
    this.text = text;
    this.at = 0;
  }
  Reader.prototype.more = function () { return this.at < this.text.length; };
  Reader.prototype.next = function () {
    let n = 0;
    let weight = 1;
    while (this.at < this.text.length) {
      const group = GROUP[this.text.charCodeAt(this.at++) & 127];
      n += (group & 31) * weight;
      if (group < 32) { break; }
      weight *= 32;
    }
    return n;
  };
  Reader.prototype.signed = function () {
    const n = this.next();
    return n % 2 ? -(n + 1) / 2 : n / 2;
  };
  C.Reader = Reader;

  /** Lines as one array of coordinates, where each begins, and the box of each: west, south, east, north. */
  function Strokes() {
    this.xy = [];
    this.start = [0];
    this.box = [];
  }
  Strokes.prototype.read = function (reader, last, unit) {
    const n = reader.next();
    let w = Infinity;
    let s = Infinity;
    let e = -Infinity;
    let o = -Infinity;
    for (let i = 0; i < n; i++) {
      last[0] += reader.signed();
      last[1] += reader.signed();
      const x = last[0] * unit;
      const y = last[1] * unit;
      this.xy.push(x, y);
      if (x < w) { w = x; }
      if (x > e) { e = x; }
      if (y < s) { s = y; }
      if (y > o) { o = y; }
    }
    this.start.push(this.xy.length / 2);
    this.box.push(w, s, e, o);
  };
  Strokes.prototype.seal = function () {
    this.n = this.start.length - 1;
    this.xy = Int32Array.from(this.xy);
    this.start = Uint32Array.from(this.start);
    this.box = Float64Array.from(this.box);
    return this;
  };

  /** All strokes of a text. The same as reading them one by one, written out because a city has a million points. */
  function strokes(text, unit) {
    const length = text.length;
    const xy = new Int32Array(length);
    const start = [0];
    const box = [];
    let at = 0;
    let used = 0;
    let x = 0;
    let y = 0;
    const next = function () {
      let group = GROUP[text.charCodeAt(at++) & 127];
      let n = group & 31;
      // Three groups are 15 bits, most steps; what is longer may pass 32 bits and is multiplied.
      for (let weight = 32; group >= 32 && at < length; weight *= 32) {
        group = GROUP[text.charCodeAt(at++) & 127];
        n += (group & 31) * weight;
      }
      return n;
    };
    while (at < length) {
      let w = Infinity;
      let s = Infinity;
      let e = -Infinity;
      let o = -Infinity;
      for (let left = next(); left > 0; left--) {
        const dx = next();
        const dy = next();
        x += dx % 2 ? -(dx + 1) / 2 : dx / 2;
        y += dy % 2 ? -(dy + 1) / 2 : dy / 2;
        const px = x * unit;
        const py = y * unit;
        xy[used++] = px;
        xy[used++] = py;
        if (px < w) { w = px; }
        if (px > e) { e = px; }
        if (py < s) { s = py; }
        if (py > o) { o = py; }
      }
      start.push(used / 2);
      box.push(w, s, e, o);
    }
    return { n: start.length - 1, xy: xy.slice(0, used), start: Uint32Array.from(start), box: Float64Array.from(box) };
  }

  /** Streets of a class; unpacked when first drawn, since a whole city shows only its main roads. */
  C.streetsOf = function (cl) {
    const s = C.data.streets;
    if (!s.classes[cl]) {
      s.classes[cl] = strokes(s.text[cl], s.unit);
      s.text[cl] = '';
    }
    return s.classes[cl];
  };

  /** The reached streets of a candidate by band, or null. */
  C.reachedOf = function (candidate) {
    const r = C.data.reached;
    const text = r.text[candidate];
    if (!text) { return null; }
    const reader = new Reader(text);
    const last = [0, 0];
    const bands = [];
    while (reader.more()) {
      const all = new Strokes();
      for (let n = reader.next(); n > 0; n--) { all.read(reader, last, r.unit); }
      bands.push(all.seal());
    }
    return bands;
  };

  /** Verdicts of a subject under a pack. */
  C.verdictsOf = function (pack, kind, subject) {
    const of = pack.verdicts.filter(function (v) { return v.kind === kind; })[0];
    const text = of ? of.text[subject] : '';
    if (!text) { return []; }
    const reader = new Reader(text);
    const word = function () {
      const n = reader.next();
      return n ? pack.words[n - 1] : '';
    };
    const list = [];
    let rule = 0;
    while (reader.more()) {
      rule += reader.next();
      list.push({
        rule: pack.rules[rule],
        outcome: pack.outcomes[reader.next()],
        value: word(),
        threshold: word(),
        missing: word(),
        due: word(),
        override: word()
      });
    }
    return list;
  };

  /** Parses the payload and unpacks what the map needs. */
  C.load = function () {
    const data = JSON.parse(C.id('data').textContent);
    C.data = data;
    C.learn(data.words);
    C.lang = data.lang;

    const c = data.communities;
    c.outline = c.rings.map(function (text) { return strokes(text, c.unit); });
    c.box = c.outline.map(function (o) {
      let box = null;
      for (let i = 0; i < o.n; i++) { box = C.join(box, o.box.subarray(4 * i, 4 * i + 4)); }
      return box;
    });
    c.rings = null;
    const lead = c.groups.filter(function (g) { return g.group === data.group; })[0];
    const none = c.code.map(function () { return null; });
    c.people = lead ? lead.people : none;
    c.covered = lead ? lead.covered : none;
    c.unknown = lead ? lead.unknown : none;
    c.density = c.people.map(function (p, i) { return p !== null && c.km2[i] > 0 ? p / c.km2[i] : null; });
    // People known and not in reach: what the list is sorted by.
    c.left = c.people.map(function (p, i) { return p === null ? null : p - c.unknown[i] - c.covered[i]; });

    data.streets.given = data.streets.text.some(Boolean);
    data.streets.classes = data.streets.text.map(function (text) { return text ? null : strokes('', 1); });
    // Few enough to show always, from however far.
    data.streets.few = data.streets.text.map(function (text) { return text.length < 20000; });

    const d = data.dots;
    const reader = new Reader(d.text);
    d.x = new Int32Array(d.n);
    d.y = new Int32Array(d.n);
    d.people = new Float32Array(d.n);
    d.share = new Uint8Array(d.n);
    let x = 0;
    let y = 0;
    for (let i = 0; i < d.n; i++) {
      x += reader.signed();
      y += reader.signed();
      d.x[i] = x;
      d.y[i] = y;
      d.people[i] = reader.next() / 10;
      d.share[i] = reader.next();
    }
    d.text = null;

    // Row of each candidate in the ranking of each pack.
    data.packs.forEach(function (pack) {
      pack.rowOf = new Map();
      pack.ranking.candidate.forEach(function (cand, row) { pack.rowOf.set(cand, row); });
      pack.ruleOf = new Map();
      pack.rules.forEach(function (rule) { pack.ruleOf.set(rule.id, rule); });
    });
    return data;
  };

  /** The box around two boxes, either of which may be null. */
  C.join = function (a, b) {
    if (!a) { return b ? [b[0], b[1], b[2], b[3]] : null; }
    if (!b) { return a; }
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  };

  /** The box of everything that has a place; communities first, since a stray site should not shrink the city. */
  C.extent = function () {
    const data = C.data;
    let box = null;
    data.communities.box.forEach(function (b) { box = C.join(box, b); });
    const point = function (p) { if (p) { box = C.join(box, [p[0], p[1], p[0], p[1]]); } };
    if (!box) {
      data.communities.at.forEach(point);
      data.facilities.at.forEach(point);
      data.candidates.at.forEach(point);
      for (let i = 0; i < data.dots.n; i++) { point([data.dots.x[i], data.dots.y[i]]); }
    }
    return box || [-5000, -5000, 5000, 5000];
  };
})(careshed);
