/* The payload: packed texts back into numbers. The reverse of src/report/page/packed.rs, column.rs, lines.rs, boundaries.rs and said.rs. */
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

  /** The values of runs: 0 and a count repeat the value before, any other number is 1 + the value. */
  function runs(text, n, use) {
    const reader = new Reader(text);
    let value = 0;
    for (let i = 0; i < n;) {
      const code = reader.next();
      if (code) {
        value = code - 1;
        use(i++, value);
      } else {
        for (let again = Math.max(1, reader.next()); again > 0 && i < n; again--) { use(i++, value); }
      }
    }
  }

  function unfold(n) { return n % 2 ? -(n + 1) / 2 : n / 2; }

  /** A column of n rows as a list; how each kind is written stands in src/report/page/column.rs. */
  function columnOf(c, n) {
    const out = new Array(n);
    if (c.num !== undefined) {
      const scale = Math.pow(10, c.d || 0);
      const step = c.how === 'step';
      const signed = step || c.how === 'signed';
      let last = 0;
      runs(c.num, n, function (i, code) {
        if (!code) {
          out[i] = null;
          return;
        }
        const v = signed ? unfold(code - 1) : code - 1;
        last = step ? last + v : v;
        out[i] = last / scale;
      });
    } else if (c.word) {
      runs(c.of, n, function (i, code) { out[i] = code ? c.word[code - 1] : null; });
    } else if (c.text) {
      const head = [];
      const tail = [];
      runs(c.head, n, function (i, v) { head.push(v); });
      runs(c.tail, n, function (i, v) { tail.push(v); });
      let before = '';
      for (let i = 0; i < n; i++) {
        before = before.slice(0, head[i]) + c.text[i] + (tail[i] ? before.slice(-tail[i]) : '');
        out[i] = before;
      }
    } else if (c.flag !== undefined) {
      runs(c.flag, n, function (i, v) { out[i] = v ? v === 2 : null; });
    } else if (c.at !== undefined) {
      const reader = new Reader(c.at);
      let x = 0;
      let y = 0;
      for (let i = 0; i < n; i++) {
        const code = reader.next();
        if (!code) {
          out[i] = null;
          continue;
        }
        x += unfold(code - 1);
        y += reader.signed();
        out[i] = [x, y];
      }
    } else {
      const reader = new Reader(c.list);
      for (let i = 0; i < n; i++) {
        out[i] = [];
        for (let left = reader.next(); left > 0; left--) { out[i].push(reader.next()); }
      }
    }
    return out;
  }

  const KINDS = ['num', 'word', 'text', 'flag', 'at', 'list'];
  function isColumn(thing) {
    return thing !== null && typeof thing === 'object' && KINDS.some(function (k) { return Object.prototype.hasOwnProperty.call(thing, k); });
  }

  /** Unpacks each column of a table when it is first asked for: most are not needed to draw the map. */
  function unpack(table, n) {
    Object.keys(table).forEach(function (key) {
      const packed = table[key];
      if (isColumn(packed)) {
        Object.defineProperty(table, key, {
          configurable: true, enumerable: true,
          get: function () {
            const value = columnOf(packed, n);
            Object.defineProperty(table, key, { value: value, writable: true, enumerable: true });
            return value;
          }
        });
      } else if (Array.isArray(packed)) {
        unpack(packed, n);
      }
    });
    return table;
  }

  /** The rings of every community, put together from the arcs that they share with their neighbours. */
  function outlines(b, n) {
    const arcs = strokes(b.arcs, b.unit);
    const reader = new Reader(b.rings);
    const out = new Array(n);
    let arc = 0;
    for (let i = 0; i < n; i++) {
      const rings = reader.next();
      const xy = [];
      const start = [0];
      const box = [];
      for (let r = 0; r < rings; r++) {
        const first = xy.length;
        let w = Infinity;
        let s = Infinity;
        let e = -Infinity;
        let o = -Infinity;
        for (let left = reader.next(); left > 0; left--) {
          arc += reader.signed();
          const a = arc >> 1;
          const back = arc & 1;
          const from = arcs.start[a];
          const to = arcs.start[a + 1];
          // The last point of an arc is the first of the next one.
          for (let p = 0; p < to - from - 1; p++) {
            const q = 2 * (back ? to - 1 - p : from + p);
            xy.push(arcs.xy[q], arcs.xy[q + 1]);
          }
          w = Math.min(w, arcs.box[4 * a]);
          s = Math.min(s, arcs.box[4 * a + 1]);
          e = Math.max(e, arcs.box[4 * a + 2]);
          o = Math.max(o, arcs.box[4 * a + 3]);
        }
        if (xy.length - first < 6) {
          xy.length = first;
          continue;
        }
        start.push(xy.length / 2);
        box.push(w, s, e, o);
      }
      out[i] = { n: start.length - 1, xy: Int32Array.from(xy), start: start, box: box };
    }
    return out;
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

  /** The circles of a facility or candidate, the widest first: {band, area}; or null. */
  C.circlesOf = function (kind, i) {
    const all = C.data.circles;
    const text = (kind === 'facility' ? all.facilities : all.candidates)[i];
    if (!text) { return null; }
    const reader = new Reader(text);
    const last = [0, 0];
    const list = [];
    while (reader.more()) {
      const band = reader.next();
      const area = new Strokes();
      for (let n = reader.next(); n > 0; n--) { area.read(reader, last, all.unit); }
      list.unshift({ band: band, area: area.seal() });
    }
    return list;
  };

  /** Verdicts of a subject under a pack. */
  C.verdictsOf = function (pack, kind, subject) {
    const said = pack.verdicts;
    const about = said.about.filter(function (v) { return v.kind === kind; })[0];
    const text = about ? about.text[subject] : '';
    if (!text) { return []; }
    const word = function (n) { return n ? said.words[n - 1] : ''; };
    if (typeof said.forms === 'string') {
      const numbers = new Reader(said.forms);
      said.forms = [];
      while (numbers.more()) {
        said.forms.push({
          rule: pack.rules[numbers.next()], outcome: pack.outcomes[numbers.next()],
          threshold: word(numbers.next()), missing: word(numbers.next()), due: word(numbers.next()), override: word(numbers.next())
        });
      }
    }
    const reader = new Reader(text);
    const list = [];
    while (reader.more()) {
      const form = said.forms[reader.next()];
      list.push(Object.assign({}, form, { value: word(reader.next()) }));
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
    unpack(c, c.n);
    c.groups.forEach(function (g) { unpack(g, c.n); });
    unpack(data.facilities, data.facilities.n);
    unpack(data.candidates, data.candidates.n);
    data.packs.forEach(function (pack) { unpack(pack.ranking, pack.ranking.n); });
    data.totals_left_out = data.totals.left_out;
    data.totals = lines(unpack(data.totals, data.totals.n));
    c.outline = outlines(c.boundaries, c.n);
    c.box = c.outline.map(function (o) {
      let box = null;
      for (let i = 0; i < o.n; i++) { box = C.join(box, o.box.slice(4 * i, 4 * i + 4)); }
      return box;
    });
    c.unit = c.boundaries.unit;
    c.slack = c.boundaries.slack;
    c.boundaries = null;
    const lead = c.groups.filter(function (g) { return g.group === data.group; })[0];
    const none = c.outline.map(function () { return null; });
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
    d.state = new Uint8Array(d.n);
    let x = 0;
    let y = 0;
    for (let i = 0; i < d.n; i++) {
      x += reader.signed();
      y += reader.signed();
      const people = reader.next();
      d.x[i] = x * d.unit;
      d.y[i] = y * d.unit;
      d.people[i] = Math.floor(people / 4);
      d.state[i] = people % 4;
    }
    d.text = null;

    // Row of each candidate in the ranking of each pack.
    data.packs.forEach(function (pack) {
      pack.rowOf = new Map();
      pack.ranking.candidate.forEach(function (cand, row) { pack.rowOf.set(cand, row); });
      pack.ruleOf = new Map();
      pack.rules.forEach(function (rule) { pack.ruleOf.set(rule.id, rule); });
    });
    /*plan*/ C.plan.take(data, unpack);
    return data;
  };

  /** Columns as a list of lines. */
  function lines(table) {
    const out = [];
    for (let i = 0; i < table.n; i++) {
      const line = {};
      Object.keys(table).forEach(function (key) { line[key] = Array.isArray(table[key]) ? table[key][i] : table[key]; });
      out.push(line);
    }
    return out;
  }

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
