/* Colours and shapes: one definition for map, legend and tables. Blue, sand and vermilion stay apart for colour-blind eyes, and every state also has its own shape or hatching. */
(function (C) {
  'use strict';

  C.STATUS = { covered: '#3b83bd', partial: '#e6c34f', uncovered: '#cf5a2b', unknown: '#8c8c8c' };
  C.SHARES = [[0.2, '#b3361b'], [0.4, '#e58a55'], [0.6, '#f0dca6'], [0.8, '#8fbcdc'], [Infinity, '#2f73ad']];
  C.DENSITY = [[20, '#f7f3fa'], [100, '#e0d3ea'], [300, '#c2a5d6'], [1000, '#9c70bd'], [3000, '#74429c'], [Infinity, '#4a1a70']];
  C.DOTS = { covered: '#0e55a0', partial: '#946c00', uncovered: '#a81f06', unknown: '#606060' };
  /* In the order of the payload. */
  C.DOT_STATES = ['covered', 'partial', 'uncovered', 'unknown'];
  C.BANDS = ['#3d0f63', '#7a3aa8', '#b285d6'];
  C.LAND = '#fbfaf6';

  const SHAPES = {
    square: 'M-.85-.85H.85V.85H-.85Z',
    triangle: 'M0-1.05L1.05 .8H-1.05Z',
    diamond: 'M0-1.15L1.15 0L0 1.15L-1.15 0Z',
    cross: 'M-.8-.8L.8 .8M.8-.8L-.8 .8',
    circle: 'M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z',
    slashed: 'M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0ZM-.7 .7L.7-.7'
  };

  /* Shape, size in px, fill, edge, width of the edge. */
  const MARKS = {
    'f.counts': ['square', 5, '#0b3d6b', '#fff', 1.2],
    'f.other': ['square', 4.2, '#fff', '#0b3d6b', 1.6],
    'f.building': ['triangle', 5.5, '#f0a818', '#4a3300', 1.2],
    'f.suspended': ['diamond', 4.8, '#fff', '#444', 1.4],
    'f.closed': ['cross', 4.5, 'none', '#333', 2.2],
    'f.unknown': ['circle', 4.5, '#ddd', '#444', 1.2],
    'c.eligible': ['circle', 9.5, '#5b1f86', '#fff', 1.6],
    'c.conditional': ['circle', 9, '#fff', '#5b1f86', 2],
    'c.ineligible': ['slashed', 5, '#eee', '#555', 1.4],
    'c.plain': ['circle', 6, '#5b1f86', '#fff', 1.4],
    'c.dot': ['circle', 3.6, '#5b1f86', '#fff', 1.2],
    'c.dot2': ['circle', 3.2, '#fff', '#5b1f86', 1.6]
  };
  C.MARKS = MARKS;

  C.facilityMark = function (i) {
    const f = C.data.facilities;
    if (f.counts[i]) { return 'f.counts'; }
    switch (f.status[i]) {
      case 'operating': return 'f.other';
      case 'building': return 'f.building';
      case 'suspended': return 'f.suspended';
      case 'closed':
      case 'use_changed': return 'f.closed';
      default: return 'f.unknown';
    }
  };

  /** A mark as an SVG picture for legend and tables. */
  C.markIcon = function (name, text) {
    const m = MARKS[name];
    const r = m[1] + m[4];
    const box = [-r, -r, 2 * r, 2 * r].join(' ');
    const icon = C.svg('svg', { viewBox: box, width: 2 * r, height: 2 * r, 'aria-hidden': 'true', 'class': 'mark' },
      C.svg('path', { d: SHAPES[m[0]], transform: 'scale(' + m[1] + ')', fill: m[2], stroke: m[3] === '#fff' ? 'none' : m[3], 'stroke-width': m[4] / m[1] }));
    if (text) {
      icon.appendChild(C.svg('text', { y: 3.5, 'text-anchor': 'middle', 'font-size': 10, fill: m[2] === '#fff' ? '#5b1f86' : '#fff' }, text));
    }
    return icon;
  };

  const sprites = {};
  /** A mark drawn once for the present pixel ratio. */
  C.sprite = function (name, dpr, small) {
    const key = name + '@' + dpr + (small ? 's' : '');
    if (sprites[key]) { return sprites[key]; }
    const m = MARKS[name];
    const r = m[1] * (small ? 0.62 : 1);
    const half = Math.ceil((r * 1.2 + m[4]) * dpr);
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 2 * half;
    const ctx = canvas.getContext('2d');
    ctx.translate(half, half);
    ctx.scale(dpr * r, dpr * r);
    const path = new Path2D(SHAPES[m[0]]);
    ctx.lineJoin = 'round';
    if (m[3] !== '#fff') {
      // A white rim, so that a dark edge stays apart from a dark ground.
      ctx.lineWidth = (m[4] + 1.6) / r;
      ctx.strokeStyle = '#fff';
      ctx.stroke(path);
    }
    if (m[2] !== 'none') {
      ctx.fillStyle = m[2];
      ctx.fill(path);
    }
    ctx.lineWidth = m[4] / r;
    ctx.strokeStyle = m[3];
    ctx.stroke(path);
    sprites[key] = { canvas: canvas, half: half / dpr };
    return sprites[key];
  };

  const ladder = function (steps, value) {
    for (let i = 0; i < steps.length; i++) {
      if (value < steps[i][0]) { return steps[i][1]; }
    }
    return steps[steps.length - 1][1];
  };

  /** Density above which a community is painted at full strength: half of all elders live at least so densely. Two digits. */
  C.fullDensity = function () {
    const c = C.data.communities;
    const all = [];
    let sum = 0;
    for (let i = 0; i < c.n; i++) {
      if (c.density[i] > 0) {
        all.push([c.density[i], c.people[i]]);
        sum += c.people[i];
      }
    }
    all.sort(function (a, b) { return b[0] - a[0]; });
    let run = 0;
    for (let i = 0; i < all.length; i++) {
      run += all[i][1];
      if (run >= sum / 2) { return Number(all[i][0].toPrecision(2)); }
    }
    return 1;
  };

  C.strength = function (density, full) {
    return density === null ? 0.35 : Math.min(0.88, 0.07 + 0.81 * Math.sqrt(density / full));
  };

  /** How a community is painted: colour (null for hatching) and strength. */
  C.paintOf = function (i, ground, fade) {
    const c = C.data.communities;
    if (ground === 'density') {
      return c.density[i] === null ? [null, 0.6] : [ladder(C.DENSITY, c.density[i]), 0.85];
    }
    const strength = fade ? C.strength(c.density[i], C.full) : 0.85;
    const status = c.status[i];
    if (status === null || status === 'unknown') { return [null, Math.max(strength, 0.4)]; }
    if (ground === 'share') { return c.share[i] === null ? [null, strength] : [ladder(C.SHARES, c.share[i]), strength]; }
    return [C.STATUS[status], strength];
  };
})(careshed);
