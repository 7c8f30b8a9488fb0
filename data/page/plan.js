/* A plan on the page: the switch between before and after, its sites on the map, its table and reasons. Lines of other scripts that begin with the mark of a plan call this. */
(function (C) {
  'use strict';
  const el = function () { return C.el.apply(null, arguments); };

  C.MARKS['c.chosen'] = ['circle', 11.5, '#5b1f86', '#1b1b1b', 1.6];
  C.MARKS['c.muted'] = ['circle', 3.4, '#e9e5ee', '#77707e', 1.1];
  C.DOT_STATES.push('newly');
  C.DOTS.newly = '#8a1fc0';

  /* Communities listed under the plan. */
  const MOST = 30;

  const plan = { after: false, refresh: function () {} };
  C.plan = plan;

  let given = null;
  /* What the page shows, by state: [before, after]. */
  let states = null;
  /* Row in the plan of each candidate of the page that is in it. */
  const rowOf = new Map();

  /** Takes the plan out of the payload. */
  plan.take = function (data, unpack) {
    given = data.plan;
    unpack(given, given.n);
    const c = data.communities;
    unpack(given.communities, c.n);
    given.communities.groups.forEach(function (g) { unpack(g, c.n); });
    given.candidate.forEach(function (i, row) { if (i !== null) { rowOf.set(i, row); } });
    if (!given.found) { return; }
    const dots = new Uint8Array(data.dots.state);
    const reader = new C.Reader(data.dots.after || '');
    let at = 0;
    while (reader.more()) {
      const n = reader.next();
      at += Math.floor(n / 5);
      dots[at] = n % 5;
    }
    const with_ = given.communities;
    const of = function (group) { return with_.groups.filter(function (g) { return g.group === group; })[0]; };
    states = [
      { status: c.status, share: c.share, left: c.left, dots: data.dots.state, groups: c.groups.map(function (g) { return g.covered; }) },
      { status: with_.status, share: with_.share, left: with_.left, dots: dots, groups: c.groups.map(function (g) { return of(g.group).covered; }) }
    ];
    show(true);
  };

  /** Puts the figures of before or after where the rest of the page reads them. */
  function show(after) {
    const data = C.data;
    const c = data.communities;
    const s = states[after ? 1 : 0];
    plan.after = after;
    C.map.show.after = after;
    c.status = s.status;
    c.share = s.share;
    c.left = s.left;
    c.groups.forEach(function (g, n) { g.covered = s.groups[n]; });
    data.dots.state = s.dots;
    C.forgetCrowds();
    C.id('tip').removeAttribute('data-of');
  }

  function turn(after) {
    if (after === plan.after) { return; }
    show(after);
    plan.refresh();
  }

  plan.has = function (what) { return Boolean(what) && what.kind === 'candidate' && rowOf.has(what.i); };

  /** The switch on the map, in the present language. */
  function switcher() {
    const old = C.id('turn');
    const held = old && old.contains(document.activeElement);
    if (old) { old.parentNode.removeChild(old); }
    if (!given.found) { return; }
    const button = function (after, text) {
      return el('button', { type: 'button', 'aria-pressed': plan.after === after ? 'true' : 'false', onclick: function () { turn(after); } }, text);
    };
    const box = el('div', { id: 'turn', role: 'group', 'aria-label': C.t('plan.turn') },
      button(false, C.t('plan.before')), button(true, C.t('plan.after', { n: C.num(given.n) })));
    C.id('stage').appendChild(box);
    if (held) { box.querySelector('[aria-pressed="true"]').focus(); }
  }

  function said() { return given.said[C.lang === 'zh' ? 0 : 1]; }

  /** The head of the page: shares before and after, how far the plan is proven, and how communities stand. */
  plan.headline = function (box, card, statusCard, scopeText) {
    switcher();
    const data = C.data;
    const text = said();
    const kind = data.scope === 'village' ? 'village' : 'urban';
    const tally = given.found && plan.after ? given[kind] : data[kind];
    const scope = function (name) { return given.lines.filter(function (l) { return l.scope === name; })[0]; };
    const change = function (before, after) { return given.found ? before + ' → ' + after : before; };
    const line = scope(data.scope);
    if (line) {
      const unknown = line.unknown > 0 ? C.t('headline.unknown', { n: C.num(line.unknown) }) : '';
      box.appendChild(card(C.t('headline.walk', { min: C.num(data.limit_ms / 60000, 2) }), change(C.pct(line.share_before), C.pct(line.share_after)), [
        C.t('headline.walk.of', { covered: change(C.num(line.before), C.num(line.after)), known: C.num(line.known), group: C.t('group.' + data.group), scope: scopeText(tally) }) + unknown
      ], 'walk'));
    }
    if (!given.found) {
      box.appendChild(card(C.t('plan.tab'), text[1], text.slice(2, 5), 'plan not'));
    } else {
      box.appendChild(card(C.t('plan.card', { n: C.num(given.n) }), '+' + C.num(given.newly), [
        C.t('plan.card.newly', { group: C.t('group.' + data.group) }), text[1]
      ], 'plan'));
      const village = data.scope === 'urban' && scope('village');
      if (village && village.known > 0) {
        box.appendChild(card(C.t('headline.villages'), C.pct(village.share_before) + ' → ' + C.pct(village.share_after), [], 'villages'));
      }
    }
    if (tally.n) { box.appendChild(statusCard(tally)); }
  };

  /** What the dots and candidates of the map mean. */
  plan.dots = function () {
    if (!plan.after || C.data.dots.state.indexOf(4) < 0) { return null; }
    const dot = el('i', { 'class': 'dot' });
    dot.style.background = C.DOTS.newly;
    return el('span', {}, dot, C.t('plan.dot.newly'));
  };
  plan.legend = function (box) {
    box.lastChild.lastChild.textContent = C.t(given.n ? 'plan.legend' : 'legend.candidates.plain');
    box.appendChild(el('p', { 'class': 'marks' },
      given.n ? el('span', {}, C.markIcon('c.chosen', '1'), C.t('plan.mark.chosen')) : null,
      el('span', {}, C.markIcon('c.muted', ''), C.t('plan.mark.muted'))));
    return true;
  };

  /** Sites of the plan above all others, the first on top. */
  plan.place = function (v, at, room, out) {
    const k = C.data.candidates;
    const muted = k.n > 3000 && v.k * 10000 < 8;
    for (let i = 0; i < k.n && !muted; i++) {
      const spot = !rowOf.has(i) && k.at[i] && at(k.at[i]);
      if (spot) { out.push([spot[0], spot[1], 'c.muted', '', k.n > 150 && v.k * 10000 < 25]); }
    }
    for (let row = given.n - 1; row >= 0; row--) {
      const i = given.candidate[row];
      const spot = i !== null && k.at[i] && at(k.at[i]);
      if (!spot) { continue; }
      room.take(spot[0] - 13, spot[1] - 13, spot[0] + 13, spot[1] + 13, true);
      out.push([spot[0], spot[1], 'c.chosen', String(row + 1), false]);
    }
  };

  /** The mark and number of a candidate again, over the streets that it reaches. */
  plan.over = function (ctx, p, i, dpr) {
    if (!p) { return; }
    const sprite = C.sprite(rowOf.has(i) ? 'c.chosen' : 'c.muted', dpr, false);
    ctx.drawImage(sprite.canvas, p[0] - sprite.half, p[1] - sprite.half, 2 * sprite.half, 2 * sprite.half);
    if (!rowOf.has(i)) { return; }
    ctx.font = '11px ' + C.FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = '#fff';
    ctx.fillText(String(rowOf.get(i) + 1), p[0], p[1] + 0.5);
  };

  /** One more line for the pointer. */
  plan.brief = function (what) {
    if (what.kind === 'candidate' && rowOf.has(what.i)) {
      const row = rowOf.get(what.i);
      return [C.t('plan.brief', { n: row + 1, people: C.num(given.people[row]) })];
    }
    if (what.kind === 'community' && given.found && given.communities.newly[what.i] > 0) {
      return [C.t('plan.brief.community', { people: C.num(given.communities.newly[what.i]) })];
    }
    return [];
  };

  function link(community, text) {
    return el('button', { type: 'button', 'class': 'link', onclick: function () { C.choose({ kind: 'community', i: community }, true); } }, text);
  }

  /** The communities that a site newly serves, each a way to it. */
  function brings(row, most) {
    const list = given.brings[row][0];
    const more = given.brings[row][1] + Math.max(0, list.length - most);
    return el('span', {}, list.slice(0, most).map(function (b, n) {
      return [n ? C.t('comma') : null, link(b[0], C.data.communities.name[b[0]]), ' ' + C.num(b[1])];
    }), more ? C.t('plan.more', { n: C.num(more) }) : null);
  }

  /** What the plan has to do with a candidate or community, for the panel of reasons. */
  plan.reasons = function (what) {
    const out = [];
    if (what.kind === 'candidate' && given.found) {
      const row = rowOf.get(what.i);
      if (row === undefined) { return [el('p', { 'class': 'hint' }, C.t('plan.not'))]; }
      out.push(el('h3', {}, C.t('plan.why', { n: row + 1 })));
      out.push(el('p', {}, C.t('plan.why.people', { people: C.num(given.people[row]), group: C.t('group.' + C.data.group) })));
      out.push(el('p', { 'class': 'hint' }, brings(row, 6)));
    }
    if (what.kind === 'community' && given.found) {
      const i = what.i;
      out.push(el('h3', {}, C.t('plan.community')));
      out.push(el('p', {}, C.t('plan.community.share', {
        people: C.num(given.communities.newly[i]), group: C.t('group.' + C.data.group), before: C.pct(states[0].share[i]), after: C.pct(states[1].share[i])
      })));
      if (plan.after) { out.push(el('p', { 'class': 'hint' }, C.t('plan.community.before'))); }
    }
    return out;
  };

  /** The column of the communities' table that a plan adds, and what must be said above it. */
  plan.widen = function (columns) {
    if (given.found) { columns.splice(3, 0, column('newly', true, function (i) { return given.communities.newly[i]; })); }
  };
  plan.lead = function () { return given.found ? ' ' + C.t(plan.after ? 'plan.lead.after' : 'plan.lead.before') : ''; };

  function column(key, num, value, text, up) {
    return {
      key: key, num: num, up: up,
      label: function () { return C.t('plan.col.' + key); },
      tip: function () { return C.t('plan.tip.' + key); },
      sort: value,
      text: text || function (i) { return C.num(value(i), 0); }
    };
  }

  /** The tab of the plan. */
  plan.panel = function (panel) {
    const text = said();
    const k = C.data.candidates;
    const head = el('div', { 'class': 'lead plan' }, el('p', {}, el('b', {}, text[0])), given.found ? null : el('p', { 'class': 'warnline' }, text[1]));
    if (given.found) {
      text.slice(1).forEach(function (line) { head.appendChild(el('p', {}, line)); });
    } else if (text.length > 2) {
      head.appendChild(el('ul', {}, text.slice(2).map(function (line) { return el('li', {}, line); })));
    }
    panel.appendChild(head);
    if (!given.found) { return null; }
    panel.className = 'plan';
    const of = function (list) { return function (i) { return list[rowOf.get(i)]; }; };
    const money = function (i) { const cost = of(given.cost)(i); return cost === null ? '' : C.num(cost, 2); };
    const gain = column('gain', true, of(given.gain), function (i) { const g = of(given.gain)(i); return g === null ? '–' : C.num(g, given.gain_of === 'pcenter' ? 1 : 0); });
    gain.label = function () { return C.t('plan.gain.' + given.gain_of); };
    const columns = [
      column('order', true, function (i) { return rowOf.get(i) + 1; }, null, true),
      column('id', false, function (i) { return k.id[i]; }, function (i) { return k.id[i]; }, true),
      column('name', false, function (i) { return k.name[i]; }, function (i) { return k.name[i]; }, true), gain
    ];
    if (given.gain_of !== 'people') { columns.push(column('people', true, of(given.people))); }
    columns.push(column('cost', true, of(given.cost), money));
    if (given.year.some(Boolean)) { columns.push(column('year', false, of(given.year), of(given.year), true)); }
    columns.push(column('most', false, of(given.people), function (i) { return brings(rowOf.get(i), 2); }));
    const made = new C.Table(panel, {
      label: function () { return C.t('plan.table'); },
      columns: columns, rows: given.candidate.filter(function (i) { return i !== null; }), onpick: function (i) { C.choose({ kind: 'candidate', i: i }, true); }
    });
    made.of = 'candidate';
    most(panel);
    return made;
  };

  /** The communities that gain most by the plan as a whole, under its sites. */
  function most(panel) {
    const c = C.data.communities;
    const newly = given.communities.newly;
    const rows = newly.map(function (n, i) { return i; }).filter(function (i) { return newly[i] > 0; }).sort(function (a, b) { return newly[b] - newly[a] || a - b; });
    if (!rows.length) { return; }
    panel.appendChild(el('div', { 'class': 'most' },
      el('table', { 'class': 'small' }, el('caption', {}, C.t('plan.most', { n: C.num(rows.length), group: C.t('group.' + C.data.group) })),
        el('thead', {}, el('tr', {}, ['name', 'newly', 'before', 'after'].map(function (h) { return el('th', { scope: 'col' }, C.t('plan.col.' + h)); }))),
        el('tbody', {}, rows.slice(0, MOST).map(function (i) {
          return el('tr', {}, el('td', {}, link(i, c.name[i])), el('td', {}, C.num(newly[i])), el('td', {}, C.pct(states[0].share[i])), el('td', {}, C.pct(states[1].share[i])));
        }))),
      rows.length > MOST ? el('p', { 'class': 'hint' }, C.t('plan.most.more', { n: C.num(rows.length - MOST) })) : null));
  }
})(careshed);
