/* Puts the page together: headline, legend, tabs, search, what is chosen, language, paper. */
(function (C) {
  'use strict';
  const el = function () { return C.el.apply(null, arguments); };
  const NOTES = 'notes';
  const PLACES = 'communities';
  /*plan*/ const PLAN = 'plan';

  let tab = '';
  let table = null;
  let chosen = null;

  /** Chooses something on map, table and panel at once; `move` brings it into view. */
  C.choose = function (what, move) {
    chosen = what;
    C.map.chosen = what;
    const data = C.data;
    if (what && move) {
      if (what.kind === 'community') {
        const at = data.communities.at[what.i];
        const box = data.communities.box[what.i];
        if (at) { C.map.goto(box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : at, box); }
      } else {
        const at = (what.kind === 'facility' ? data.facilities : data.candidates).at[what.i];
        if (at && !C.map.sees(at)) { C.map.goto(at, null); }
      }
    }
    if (what && what.kind === 'community' && tab !== PLACES && data.communities.n) { open(PLACES); }
    if (what && what.kind === 'candidate' && (tab === PLACES || tab === NOTES)) { open(candidateTab()); }
    if (table) { table.choose(what && what.kind === table.of ? what.i : null); }
    C.reasons(C.id('reasons'), what);
    C.id('side').className = what ? 'with' : '';
    if (table) { table.fill(true); }
    C.map.refresh();
  };

  function candidateTab() {
    /*plan*/ if (C.plan.has(chosen)) { return PLAN; }
    return C.data.packs.length ? 'pack' + C.map.show.pack : C.data.candidates.n ? 'candidates' : tab;
  }

  /* ---- headline ---- */

  function total(scope, group, speed) {
    return C.data.totals.filter(function (t) { return t.level === 'all' && t.scope === scope && t.group === group && t.mm_s === speed; })[0] || null;
  }

  function share(t) { return t && t.known > 0 ? t.covered / t.known : null; }

  function speeds() {
    const all = [];
    C.data.totals.forEach(function (t) { if (all.indexOf(t.mm_s) < 0) { all.push(t.mm_s); } });
    return all.sort(function (a, b) { return a - b; });
  }

  function ms(speed) { return (speed / 1000).toFixed(speed % 100 ? 3 : 1); }

  function card(title, big, lines, kind) {
    return el('section', { 'class': 'card ' + (kind || '') }, el('h2', {}, title), el('p', { 'class': 'big' }, big), lines.map(function (l) { return l && (l.nodeType ? l : el('p', {}, l)); }));
  }

  function headline() {
    const data = C.data;
    const box = C.clear(C.id('headline'));
    /*plan*/ C.plan.headline(box, card, statusCard, scopeText);
    /*plan*/ return;
    const tally = data.scope === 'village' ? data.village : data.urban;
    const t = data.group && total(data.scope, data.group, data.speed_mm_s);
    if (t) {
      const at = el('p', { 'class': 'speeds' }, speeds().map(function (s) {
        return el('span', { 'class': s === data.speed_mm_s ? 'own' : null }, ms(s) + ' m/s ', el('b', {}, C.pct(share(total(data.scope, data.group, s)))));
      }));
      const unknown = t.unknown > 0 ? C.t('headline.unknown', { n: C.num(t.unknown) }) : '';
      box.appendChild(card(C.t('headline.walk', { min: C.num(data.limit_ms / 60000, 2) }), C.pct(share(t)), [
        C.t('headline.walk.of', { covered: C.num(t.covered), known: C.num(t.known), group: C.t('group.' + data.group), scope: scopeText(tally) }) + unknown, at
      ], 'walk'));
    }
    if (tally.n) {
      const has = tally.own + tally.shared;
      box.appendChild(card(C.t('headline.admin'), C.pct(has / tally.n), [
        C.t('headline.admin.of', { has: C.num(has), own: C.num(tally.own), shared: C.num(tally.shared), n: C.num(tally.n), scope: C.t('scope.' + (data.scope === 'village' ? 'village' : 'urban')) }),
        tally.admin_unknown ? C.t('headline.admin.unknown', { n: C.num(tally.admin_unknown) }) : null
      ], 'admin'));
      box.appendChild(statusCard(tally));
    }
    const v = data.scope !== 'village' && data.village.n && data.group ? total('village', data.group, data.speed_mm_s) : null;
    if (v) {
      box.appendChild(card(C.t('headline.villages'), C.pct(share(v)), [
        C.t('headline.villages.of', { covered: C.num(v.covered), known: C.num(v.known), group: C.t('group.' + data.group), n: C.num(data.village.n) })
      ], 'villages'));
    }
  }

  function scopeText(tally) {
    const scope = C.data.scope;
    return scope === 'all' ? C.t('scope.all') : C.t('scope.n', { n: C.num(tally.n), scope: C.t('scope.' + scope) });
  }

  function statusCard(tally) {
    const states = ['uncovered', 'partial', 'covered', 'unknown'].filter(function (s) { return tally[s]; });
    const bar = el('div', { 'class': 'stack', role: 'img', 'aria-label': states.map(function (s) { return C.word(s) + ' ' + tally[s]; }).join(C.t('comma')) });
    states.forEach(function (s) {
      const part = el('i', { 'class': s });
      part.style.flexGrow = tally[s];
      bar.appendChild(part);
    });
    return el('section', { 'class': 'card states' }, el('h2', {}, C.t('headline.states', { n: C.num(tally.n), scope: C.t('scope.' + (C.data.scope === 'village' ? 'village' : 'urban')) })), bar,
      el('p', { 'class': 'keys' }, states.map(function (s) { return el('span', {}, el('i', { 'class': 'sw ' + s }), C.word(s) + ' ', el('b', {}, C.num(tally[s]))); })));
  }

  function naming() {
    const data = C.data;
    C.id('title').textContent = data.title || C.t('untitled');
    document.title = C.id('title').textContent;
    const line = C.clear(C.id('subtitle'));
    if (data.synthetic) { line.appendChild(el('b', { 'class': 'stamp' }, C.t('synthetic'))); }
    if (!data.on_streets) { line.appendChild(el('b', { 'class': 'stamp' }, C.t('straight'))); }
    const parts = [C.t('assume.walk', { speed: ms(data.speed_mm_s), min: C.num(data.limit_ms / 60000, 2), m: C.num(data.speed_mm_s * data.limit_ms / 1e6, 1) })];
    const snap = data.assumptions.filter(function (a) { return a.key === 'walking.snap'; })[0];
    if (data.on_streets && snap) { parts.push(C.t('assume.snap', { m: snap.value })); }
    parts.push(data.as_of ? C.t('assume.as_of', { date: data.as_of }) : C.t('assume.no_date'));
    line.appendChild(document.createTextNode(parts.join(' · ') + ' '));
    const n = data.warnings + data.errors;
    line.appendChild(el('button', { type: 'button', 'class': 'link', onclick: function () { open(NOTES); } }, n ? C.t('warnings.n', { n: C.num(n) }) : C.t('notes.more')));
  }

  /* ---- legend ---- */

  function legend() {
    const show = C.map.show;
    const data = C.data;
    const box = C.clear(C.id('legend'));
    const c = data.communities;
    const group = function () { return box.appendChild(el('div', { 'class': 'lg' })); };
    if (c.n && c.box.some(Boolean)) {
      const grounds = data.group ? ['status', 'share', 'density'] : ['status'];
      const land = group();
      land.className = 'lg land';
      land.appendChild(el('fieldset', {}, el('legend', {}, C.t('legend.ground')), grounds.map(function (g) {
        const input = el('input', { type: 'radio', name: 'ground', value: g, id: 'ground-' + g, onchange: function () { change('ground', g); again('ground-' + g); } });
        input.checked = show.ground === g;
        return el('label', { 'class': show.ground === g ? null : 'off' }, input, C.t('legend.' + g));
      })));
      land.appendChild(scaleOf(show.ground));
      if (show.ground !== 'density' && data.group) {
        land.appendChild(layer('fade', C.t('legend.fade')));
        if (show.fade) { land.appendChild(el('p', { 'class': 'hint' }, C.t('legend.fade.long', { n: C.num(C.full), group: C.t('group.' + data.group) }))); }
      }
    }
    if (data.dots.n) {
      const dots = group();
      dots.appendChild(layer('dots', data.dots.square ? C.t('legend.squares', { m: data.dots.square }) : C.t('legend.dots')));
      dots.appendChild(el('p', { 'class': 'marks' }, ['covered', 'partial', 'uncovered', 'unknown'].filter(dotSeen).map(function (s) {
        const dot = el('i', { 'class': 'dot' });
        dot.style.background = C.DOTS[s];
        return el('span', {}, dot, C.t('dot.' + s));
      })));
      /*plan*/ const newly = C.plan.dots();
      /*plan*/ if (newly) { dots.lastChild.appendChild(newly); }
      if (c.n) { dots.appendChild(layer('names', C.t('legend.names'))); }
      if (data.streets.given) { dots.appendChild(layer('streets', C.t('legend.streets'))); }
    }
    if (data.facilities.n) {
      const sites = group();
      sites.appendChild(layer('facilities', C.t('legend.facilities')));
      sites.appendChild(marks(facilityMarks()));
      if (data.facilities.n > 3000 || data.candidates.n > 3000) { sites.appendChild(el('p', { 'class': 'hint' }, C.t('legend.far'))); }
    }
    if (data.candidates.n) {
      const sites = group();
      sites.appendChild(layer('candidates', C.t(data.packs.length ? 'legend.candidates' : 'legend.candidates.plain')));
      /*plan*/ if (!C.plan.legend(sites))
      sites.appendChild(marks(candidateMarks()));
    }

    function change(key, value) {
      show[key] = value;
      legend();
      C.map.redraw();
    }
    function layer(key, text) {
      const input = el('input', { type: 'checkbox', id: 'layer-' + key, onchange: function () { change(key, this.checked); again('layer-' + key); } });
      input.checked = show[key];
      return el('label', { 'class': 'layer' + (show[key] ? '' : ' off') + (key === 'names' || key === 'fade' ? ' quiet' : '') }, input, text);
    }
  }

  /* The legend is built anew after each change: put the focus back where it was. */
  function again(id) {
    const node = C.id(id);
    if (node) { node.focus(); }
  }

  function dotSeen(state) {
    return C.data.dots.state.indexOf(C.DOT_STATES.indexOf(state)) >= 0;
  }

  function facilityMarks() {
    const seen = [];
    for (let i = 0; i < C.data.facilities.n; i++) {
      const m = C.facilityMark(i);
      if (seen.indexOf(m) < 0) { seen.push(m); }
    }
    return ['f.counts', 'f.other', 'f.building', 'f.suspended', 'f.closed', 'f.unknown'].filter(function (m) { return seen.indexOf(m) >= 0; });
  }

  function candidateMarks() {
    const pack = C.data.packs[C.map.show.pack];
    if (!pack) { return ['c.plain']; }
    return ['eligible', 'conditional', 'ineligible'].filter(function (e) { return pack.ranking.eligibility.indexOf(e) >= 0; }).map(function (e) { return 'c.' + e; });
  }

  function marks(list) {
    return el('p', { 'class': 'marks' }, list.map(function (m) {
      return el('span', {}, C.markIcon(m, m === 'c.eligible' || m === 'c.conditional' ? '1' : ''), C.t('mark.' + m));
    }));
  }

  function swatch(colour, strength, hatched) {
    const s = el('i', { 'class': 'sw' + (hatched ? ' unknown' : '') });
    if (!hatched) { s.style.background = colour; }
    if (strength !== null) { s.style.opacity = strength; }
    return s;
  }

  /** Colours of the ground; faded, each also at the strength it has where few, some and many people live. */
  function scaleOf(ground) {
    const box = el('div', { 'class': 'colours' });
    const c = C.data.communities;
    const fade = C.map.show.fade && ground !== 'density' && C.data.group;
    let rows;
    if (ground === 'status') {
      rows = ['uncovered', 'partial', 'covered', 'unknown'].filter(function (s) { return c.status.indexOf(s) >= 0; })
        .map(function (s) { return [s === 'unknown' ? null : C.STATUS[s], C.word(s) + limitsOf(s)]; });
    } else {
      let from = 0;
      rows = (ground === 'share' ? C.SHARES : C.DENSITY).map(function (step) {
        const to = step[0];
        const text = ground === 'share'
          ? (to === Infinity ? '≥ ' + from * 100 + '%' : from * 100 + '–' + to * 100 + '%')
          : (to === Infinity ? '≥ ' + C.num(from) : C.num(from) + '–' + C.num(to));
        from = to;
        return [step[1], text];
      });
      if (ground === 'share' && c.status.indexOf('unknown') >= 0) { rows.push([null, C.word('unknown')]); }
    }
    rows.forEach(function (r) {
      const steps = fade && r[0] ? [0.02, 0.25, 1] : [null];
      box.appendChild(el('div', {}, el('span', { 'class': 'sws' }, steps.map(function (d) { return swatch(r[0], d === null ? null : C.strength(d, 1), r[0] === null); })), r[1]));
    });
    if (ground !== 'status') { box.insertBefore(el('div', { 'class': 'unit' }, C.t('legend.' + ground + '.unit', { group: C.t('group.' + C.data.group) })), box.firstChild); }
    return box;
  }

  function limitsOf(status) {
    const value = function (key) {
      const a = C.data.assumptions.filter(function (x) { return x.key === key; })[0];
      return a ? Number(a.value) * 100 : 0;
    };
    if (status === 'covered') { return ' ≥ ' + C.num(value('coverage.covered'), 2) + '%'; }
    return status === 'uncovered' ? ' ≤ ' + C.num(value('coverage.uncovered'), 2) + '%' : '';
  }

  /* ---- tabs ---- */

  function tabList() {
    const data = C.data;
    const list = data.packs.map(function (p, n) { return ['pack' + n, p.document || p.id, C.t('tab.pack', { document: p.document || p.id })]; });
    if (!list.length && data.candidates.n) { list.push(['candidates', C.t('tab.candidates'), C.t('tab.candidates')]); }
    /*plan*/ list.unshift([PLAN, C.t('plan.tab'), C.t('plan.tab')]);
    if (data.communities.n) { list.push([PLACES, C.t('tab.communities'), C.t('tab.communities')]); }
    list.push([NOTES, C.t('tab.notes') + (data.warnings + data.errors ? ' ' + (data.warnings + data.errors) : ''), C.t('tab.notes')]);
    return list;
  }

  function tabs() {
    const box = C.clear(C.id('tabs'));
    const list = tabList();
    list.forEach(function (t, n) {
      const on = t[0] === tab;
      box.appendChild(el('button', {
        type: 'button', role: 'tab', id: 'tab-' + t[0], 'aria-selected': on ? 'true' : 'false', 'aria-controls': 'panel', tabindex: on ? 0 : -1, title: t[2],
        onclick: function () { open(t[0]); },
        onkeydown: function (e) {
          const to = { ArrowRight: n + 1, ArrowLeft: n - 1, Home: 0, End: list.length - 1 }[e.key];
          if (to === undefined) { return; }
          e.preventDefault();
          const next = list[(to + list.length) % list.length][0];
          open(next);
          C.id('tab-' + next).focus();
        }
      }, t[1]));
    });
  }

  function open(name) {
    tab = name;
    if (name.indexOf('pack') === 0) {
      const pack = Number(name.slice(4));
      if (pack !== C.map.show.pack) {
        C.map.show.pack = pack;
        legend();
        C.map.redraw();
        if (chosen) { C.reasons(C.id('reasons'), chosen); }
      }
    }
    tabs();
    const panel = C.clear(C.id('panel'));
    panel.setAttribute('aria-labelledby', 'tab-' + name);
    panel.className = name === NOTES ? 'notes' : '';
    table = null;
    if (name === NOTES) {
      panel.tabIndex = 0;
      notes(panel);
      return;
    }
    panel.removeAttribute('tabindex');
    /*plan*/ if (name === PLAN) { table = C.plan.panel(panel); } else
    table = name === PLACES ? places(panel) : ranked(panel);
    /*plan*/ if (table)
    if (chosen && chosen.kind === table.of) { table.choose(chosen.i); }
  }

  function col(key, num, value, text, up) {
    return {
      key: key, num: num, up: up,
      label: function () { return C.t('col.' + key); },
      tip: function () { return C.t('tip.' + key); },
      sort: value,
      text: text || function (i) { return key === 'minutes' || key === 'm2_per_100' ? C.fixed(value(i), 1) : C.num(value(i), 0); }
    };
  }

  function state(kind) {
    return el('span', { 'class': 'state ' + kind }, C.word(kind));
  }

  /** Candidates of the present pack, or without one by what they would add. */
  function ranked(panel) {
    const data = C.data;
    const k = data.candidates;
    const pack = data.packs[C.map.show.pack];
    const of = function (column) { return function (i) { return k[column][i]; }; };
    const percent = function (column) { return function (i) { return C.pct(k[column][i]); }; };
    const figures = [
      col('new', true, of('new')), col('reach', true, of('reach')), col('redundancy', true, of('redundancy'), percent('redundancy'), true),
      col('households_new', true, of('households_new')), col('old_500_households_new', true, of('old_500_households_new')),
      col('reach_gap_closed', true, of('reach_gap_closed')), col('outside', true, of('outside'), percent('outside'), true),
      col('floor_area', true, of('floor_area')), col('id', false, of('id'), of('id'), true)
    ];
    let columns = [col('name', false, of('name'), of('name'), true)].concat(figures);
    let rows = k.id.map(function (id, i) { return i; });
    if (pack) {
      const r = pack.ranking;
      const at = function (column) { return function (i) { return r[column][pack.rowOf.get(i)]; }; };
      rows = r.candidate.slice();
      columns = [
        col('rank', true, at('rank'), function (i) { const n = at('rank')(i); return n === null ? '–' : String(n); }, true),
        col('name', false, of('name'), of('name'), true),
        col('eligibility', false, function (i) { return ['eligible', 'conditional', 'ineligible'].indexOf(at('eligibility')(i)); }, function (i) { return state(at('eligibility')(i)); }, true),
        col('score', true, at('score'), function (i) { return C.fixed(at('score')(i), 2); })
      ].concat(figures.slice(0, 3), [
        col('host_elderly', true, at('host_elderly')),
        col('old_500', false, function (i) { const f = at('old_500')(i); return f === null ? null : f ? 1 : 0; }, function (i) { return C.yes(at('old_500')(i)); })
      ], figures.slice(3, 7), [
        col('declared', true, at('declared'), function (i) { return C.fixed(at('declared')(i), 2); }),
        col('top', true, at('top'), function (i) { return C.pct(at('top')(i)); })
      ], figures.slice(7));
      panel.appendChild(el('p', { 'class': 'lead' }, C.t('rank.lead', { document: pack.document, n: C.num(k.n + k.left_out), ranked: C.num(r.ranked) }), leftOut()));
    } else {
      panel.appendChild(el('p', { 'class': 'lead' }, C.t('rank.nopack')));
    }
    const made = new C.Table(panel, {
      label: function () { return C.t('rank.table', { document: pack ? pack.document : '' }); },
      columns: columns, rows: rows, onpick: function (i) { C.choose({ kind: 'candidate', i: i }, true); }
    });
    made.of = 'candidate';
    return made;
  }

  /** Of a province the page holds some candidates only. */
  function leftOut() {
    const k = C.data.candidates;
    return k.left_out ? ' ' + C.t('rank.left_out', { n: C.num(k.n), left: C.num(k.left_out) }) : '';
  }

  function places(panel, most) {
    const data = C.data;
    const c = data.communities;
    const of = function (column) { return function (i) { return c[column][i]; }; };
    const percent = function (i) { return C.pct(c.share[i]); };
    const order = ['uncovered', 'partial', 'covered', 'unknown'];
    const columns = [
      col('name', false, of('name'), of('name'), true),
      col('status', false, function (i) { return order.indexOf(c.status[i] || 'unknown'); }, function (i) { return state(c.status[i] || 'unknown'); }, true),
      col('left', true, of('left')), col('share', true, of('share'), percent, true), col('people', true, of('people')), col('minutes', true, of('minutes')),
      col('administrative', false, of('administrative'), function (i) { return C.word('admin_' + (c.administrative[i] || 'unknown')); }),
      col('m2_per_100', true, of('m2_per_100'), null, true), col('area_gap', true, of('area_gap')), col('reach_gap', true, of('reach_gap')),
      col('kind', false, function (i) { return c.village[i] ? 1 : 0; }, function (i) { return C.word(c.village[i] ? 'village' : 'urban'); }, true),
      col('county', false, of('county'), function (i) { return c.county[i] || C.t('unknown'); }, true), col('street', false, of('street'), function (i) { return c.street[i] || C.t('unknown'); }, true),
      col('code', false, of('code'), of('code'), true)
    ];
    /*plan*/ C.plan.widen(columns);
    panel.appendChild(el('p', { 'class': 'lead' }, C.t('communities.lead', { n: C.num(c.n), group: data.group ? C.t('group.' + data.group) : '' })));
    /*plan*/ panel.lastChild.appendChild(document.createTextNode(C.plan.lead()));
    const rows = c.order.length ? c.order.slice() : c.code.map(function (x, i) { return i; });
    const made = new C.Table(panel, {
      label: function () { return C.t('tab.communities'); },
      columns: columns, rows: rows, paper: most, onpick: function (i) { C.choose({ kind: 'community', i: i }, true); }
    });
    made.of = 'community';
    return made;
  }

  function notes(panel, brief) {
    const data = C.data;
    const add = function (node) { panel.appendChild(node); };
    if (data.synthetic) { add(el('p', { 'class': 'warnline' }, C.t('synthetic.long'))); }
    if (!data.on_streets) { add(el('p', { 'class': 'warnline' }, C.t('straight.long'))); }
    add(el('h2', {}, C.t('notes.totals')));
    add(el('p', { 'class': 'hint' }, C.t('notes.totals.hint')));
    /*plan*/ add(el('p', { 'class': 'hint' }, C.t('plan.notes')));
    const levels = ['all', 'city', 'county'];
    const lines = data.totals.filter(function (t) { return t.mm_s === data.speed_mm_s || (t.level === 'all' && t.group === data.group); })
      .sort(function (a, b) { return levels.indexOf(a.level) - levels.indexOf(b.level); });
    add(small(['where', 'scope', 'group', 'speed', 'people', 'covered', 'unknown', 'share'], lines.map(function (t) {
      return [t.level === 'all' ? C.t('level.all') : t.name || t.code, C.t('scope.' + t.scope), C.t('group.' + t.group), ms(t.mm_s) + ' m/s', C.num(t.people), C.num(t.covered), C.num(t.unknown), C.pct(share(t))];
    }), 4));
    if (data.totals_left_out) { add(el('p', { 'class': 'hint' }, C.t('notes.totals.left_out', { n: C.num(data.totals_left_out) }))); }
    add(el('h2', {}, C.t('notes.assumptions')));
    add(el('p', { 'class': 'hint' }, C.t('notes.assumptions.hint')));
    add(small(['what', 'value', 'key'], data.assumptions.map(function (a) { return [C.t('assumption.' + a.key), C.word(a.value), a.key]; }), 9));
    data.packs.forEach(function (p) {
      add(el('h2', {}, p.document + ' (' + p.id + ')'));
      add(el('p', {}, C.t('notes.pack', {
        from: p.valid_from || C.t('unknown'), to: p.valid_to || C.t('notes.open'), rules: p.rules.length, kinds: p.counts_as.join(C.t('comma')) || C.t('nobody')
      })));
      add(small(['criterion', 'zero', 'one', 'weight', 'clauses'], p.criteria.map(function (c) {
        return [el('span', {}, c.label[C.lang === 'zh' ? 0 : 1], c.flat ? el('span', { 'class': 'flat' }, C.t('criterion.flat')) : null), C.num(c.zero, 3) + ' ' + c.unit, C.num(c.one, 3) + ' ' + c.unit, C.num(c.weight, 3), c.clauses.join(C.t('comma'))];
      }), 9));
    });
    if (brief) { return; }
    add(el('h2', {}, C.t('notes.map')));
    const map = [];
    map.push(data.dots.square ? C.t('notes.squares', { points: C.num(data.dots.points), n: C.num(data.dots.n), m: data.dots.square }) : C.t('notes.dots', { points: C.num(data.dots.points) }));
    map.push(C.t('notes.plane', { lon: data.origin[0], lat: data.origin[1] }));
    if (data.streets.left_out) { map.push(C.t('notes.streets.left_out', { n: C.num(data.streets.left_out) })); }
    if (data.streets.given && data.streets.unit > 1) { map.push(C.t('notes.coarse', { m: C.num(data.streets.unit / 10, 1) })); }
    if (data.communities.slack > 0.1) { map.push(C.t('notes.boundaries', { m: C.num(data.communities.slack, 1) })); }
    if (data.candidates.left_out) { map.push(leftOut().trim()); }
    if (data.reached.left_out) { map.push(C.t('reached.left_out', { n: C.num(data.reached.left_out) })); }
    if (data.circles.left_out) { map.push(C.t('circles.left_out', { n: C.num(data.circles.left_out) })); }
    add(el('ul', {}, map.map(function (m) { return el('li', {}, m); })));
    unplaced(add);
    add(el('h2', {}, C.t('notes.problems', { n: C.num(data.warnings + data.errors) })));
    if (!data.problems.length) { add(el('p', {}, C.t('notes.noproblems'))); }
    const lang = C.lang === 'zh' ? 0 : 1;
    add(el('ul', { 'class': 'problems' }, data.problems.map(function (p) {
      return el('li', {}, el('b', { 'class': p.error ? 'error' : 'warning' }, p.code), ' ', p.message[lang],
        el('p', { 'class': 'hint' }, (p.place ? p.place + (p.field ? ' · ' + p.field : '') + ' — ' : '') + p.remedy[lang]));
    })));
    if (data.warnings + data.errors > data.problems.length) { add(el('p', { 'class': 'hint' }, C.t('notes.problems.more', { n: C.num(data.warnings + data.errors - data.problems.length) }))); }
    if (data.sources.length) {
      add(el('h2', {}, C.t('notes.sources')));
      add(small(['table', 'file', 'source', 'as_of'], data.sources.map(function (s) { return [C.t('table.' + s.table), s.file, s.source || '', s.as_of || '']; }), 9));
    }
    add(el('p', { 'class': 'hint' }, 'careshed ' + data.careshed));
  }

  /** Records without a position stand on no map: they are listed. */
  function unplaced(add) {
    const data = C.data;
    const list = [];
    [['facility', data.facilities], ['candidate', data.candidates]].forEach(function (p) {
      p[1].at.forEach(function (at, i) { if (!at) { list.push([p[0], i, p[1].name[i]]); } });
    });
    if (!list.length) { return; }
    add(el('h2', {}, C.t('notes.unplaced', { n: C.num(list.length) })));
    add(el('p', {}, list.slice(0, 100).map(function (u) {
      return el('span', {}, el('button', { type: 'button', 'class': 'link', onclick: function () { C.choose({ kind: u[0], i: u[1] }, false); } }, u[2]), ' ');
    }), list.length > 100 ? '…' : ''));
  }

  function small(heads, rows, numbersFrom) {
    return el('div', { 'class': 'wide' }, el('table', { 'class': 'small' }, el('thead', {}, el('tr', {}, heads.map(function (h) { return el('th', { scope: 'col' }, C.t('head.' + h)); }))),
      el('tbody', {}, rows.map(function (r) { return el('tr', {}, r.map(function (cell, n) { return el('td', { 'class': n >= numbersFrom ? 'num' : null }, cell); })); }))));
  }

  /* ---- search ---- */

  function search() {
    const input = C.id('search');
    const list = C.id('found');
    let hits = [];
    let at = -1;
    const close = function () {
      list.style.display = 'none';
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
      at = -1;
    };
    const take = function (n) {
      const hit = hits[n];
      if (!hit) { return; }
      input.value = '';
      close();
      C.choose({ kind: hit.kind, i: hit.i }, true);
    };
    const mark = function () {
      Array.prototype.forEach.call(list.children, function (li, n) { li.setAttribute('aria-selected', n === at ? 'true' : 'false'); });
      if (at >= 0 && list.children[at]) {
        input.setAttribute('aria-activedescendant', list.children[at].id);
        list.children[at].scrollIntoView({ block: 'nearest' });
      }
    };
    const look = function () {
      const text = input.value.trim().toLowerCase();
      C.clear(list);
      hits = text ? find(text) : [];
      hits.forEach(function (h, n) {
        list.appendChild(el('li', { role: 'option', id: 'found' + n, 'aria-selected': 'false', onmousedown: function (e) { e.preventDefault(); take(n); } },
          el('span', {}, h.name), el('small', {}, h.id + ' · ' + C.t('kind.' + h.kind))));
      });
      if (text && !hits.length) { list.appendChild(el('li', { role: 'option', 'aria-disabled': 'true' }, C.t('search.none'))); }
      at = hits.length ? 0 : -1;
      list.style.display = text ? 'block' : 'none';
      input.setAttribute('aria-expanded', text ? 'true' : 'false');
      mark();
    };
    input.addEventListener('input', look);
    input.addEventListener('blur', close);
    input.addEventListener('keydown', function (e) {
      if (e.key === 'ArrowDown' && hits.length) { at = (at + 1) % hits.length; } else if (e.key === 'ArrowUp' && hits.length) { at = (at + hits.length - 1) % hits.length; } else if (e.key === 'Enter') { take(at); e.preventDefault(); return; } else if (e.key === 'Escape') { input.value = ''; close(); return; } else { return; }
      e.preventDefault();
      mark();
    });
  }

  /** Some of each kind whose name or code holds the text; those that begin with it first. */
  function find(text) {
    const data = C.data;
    const kinds = [
      ['candidate', data.candidates.name, data.candidates.id],
      ['community', data.communities.name, data.communities.code],
      ['facility', data.facilities.name, data.facilities.id]
    ].map(function (k) {
      const first = [];
      const rest = [];
      for (let i = 0; i < k[1].length; i++) {
        const name = k[1][i].toLowerCase();
        const id = k[2][i].toLowerCase();
        const a = name.indexOf(text);
        const b = id.indexOf(text);
        if (a >= 0 || b >= 0) { (a === 0 || b === 0 ? first : rest).push({ kind: k[0], i: i, name: k[1][i], id: k[2][i] }); }
      }
      return first.concat(rest);
    });
    const out = [];
    for (let n = 0; out.length < 15 && n < 15; n++) {
      kinds.forEach(function (list) { if (list[n] && out.length < 15) { out.push(list[n]); } });
    }
    return out;
  }

  /* ---- language, paper, start ---- */

  function speak() {
    C.relabel();
    const button = C.id('lang');
    button.textContent = C.lang === 'zh' ? 'English' : '中文';
    button.lang = C.lang === 'zh' ? 'en' : 'zh';
    C.id('map').setAttribute('aria-label', C.t('map.label', { title: C.data.title || C.t('untitled') }));
    naming();
    headline();
    legend();
    open(tab);
    C.reasons(C.id('reasons'), chosen);
    C.map.redraw();
  }

  /** Paper carries more than the screen: the table in view, then the communities, the assumptions and totals. */
  function paper(on) {
    C.map.print(on);
    if (table) { table.print(on); }
    const old = C.id('sheet');
    if (old) { old.parentNode.removeChild(old); }
    if (on && tab !== NOTES) {
      const sheet = el('div', { id: 'sheet', 'class': 'sheet' });
      C.id('side').appendChild(sheet);
      if (tab !== PLACES && C.data.communities.n) {
        sheet.appendChild(el('h2', {}, C.t('tab.communities')));
        places(sheet, 60).print(true);
      }
      const rest = el('div', { 'class': 'notes' });
      sheet.appendChild(rest);
      notes(rest, true);
    }
    Array.prototype.forEach.call(document.querySelectorAll('#reasons details'), function (d) {
      if (on && !d.open) {
        d.open = true;
        d.setAttribute('data-folded', '');
      } else if (!on && d.hasAttribute('data-folded')) {
        d.open = false;
        d.removeAttribute('data-folded');
      }
    });
    if (on) { C.id('key').open = true; }
  }

  function start() {
    C.moment('start');
    C.load();
    C.moment('loaded');
    /*plan*/ C.plan.refresh = speak;
    C.full = C.fullDensity();
    tab = tabList()[0][0];
    C.id('lang').addEventListener('click', function () {
      C.lang = C.lang === 'zh' ? 'en' : 'zh';
      speak();
    });
    C.id('print').addEventListener('click', function () { window.print(); });
    window.addEventListener('beforeprint', function () { paper(true); });
    window.addEventListener('afterprint', function () { paper(false); });
    C.map.onpick = function (what) { C.choose(what, false); };
    document.addEventListener('keydown', function (e) {
      if (e.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) {
        e.preventDefault();
        C.id('search').focus();
      } else if (e.key === 'Escape' && chosen && C.id('reasons').contains(document.activeElement)) {
        C.choose(null);
      }
    });
    if (window.matchMedia('(max-width: 900px)').matches) { C.id('key').open = false; }
    search();
    // First the words, which decide how much room is left for the map.
    speak();
    C.map.start();
    document.documentElement.setAttribute('data-ready', '');
    C.moment('ready');
  }

  try {
    start();
  } catch (error) {
    // Whatever went wrong, the picture and the tables in the page itself still stand.
    document.documentElement.className = '';
    if (window.console) { window.console.error(error); }
  }
})(careshed);
