/* Why: everything known of the chosen candidate, community or facility, with the clause and its sentence. */
(function (C) {
  'use strict';
  const el = function () { return C.el.apply(null, arguments); };

  const SIGN = {
    pass: '✓', warn: '!', fail: '✕', unknown: '?', not_due: '…', not_applicable: '–', overridden: '≈', met: '★', unmet: '☆', permitted: '✓', info: 'i'
  };
  const SERIOUS = ['fail', 'unknown', 'warn', 'overridden', 'met', 'unmet', 'not_due', 'pass', 'permitted', 'info', 'not_applicable'];
  const FOLDED = { pass: 1, permitted: 1, info: 1, not_applicable: 1, not_due: 1 };

  /** A list of terms and values. A value that is null is left out; 'unknown' is written by the caller. */
  function facts(rows) {
    return el('dl', { 'class': 'facts' }, rows.filter(Boolean).map(function (r) {
      return el('div', {}, el('dt', {}, r[0], r[2] ? ours() : null), el('dd', {}, r[1]));
    }));
  }

  function ours() {
    return el('abbr', { 'class': 'ours', title: C.t('ours.long') }, C.t('ours'));
  }

  function unit(n, decimals, name) {
    return n === null || n === undefined ? C.t('unknown') : C.num(n, decimals) + ' ' + C.t('unit.' + name);
  }

  function link(kind, i, text) {
    return el('button', { type: 'button', 'class': 'link', onclick: function () { C.choose({ kind: kind, i: i }, true); } }, text);
  }

  function clause(pack, id) {
    const rule = pack.ruleOf.get(id);
    if (!rule) { return el('p', { 'class': 'quote' }, el('b', {}, id)); }
    return el('p', { 'class': 'quote' }, el('b', {}, id), ' ', el('span', { lang: 'zh' }, pack.document + ' ' + rule.clause + ' “' + rule.quote + '”'));
  }

  function chip(kind, text) {
    return el('span', { 'class': 'chip ' + kind }, text);
  }

  /** Two or three lines for the pointer. */
  C.brief = function (what) {
    const data = C.data;
    const i = what.i;
    if (what.kind === 'community') {
      const c = data.communities;
      const lines = [c.name[i], C.word(c.status[i]) + (c.share[i] === null ? '' : ' · ' + C.t('brief.share', { share: C.pct(c.share[i]), group: C.t('group.' + data.group) }))];
      if (c.people[i] !== null) { lines.push(C.t('brief.people', { group: C.t('group.' + data.group), n: C.num(c.people[i]), left: C.num(c.left[i]) })); }
      if (c.minutes[i] !== null) { lines.push(C.t('brief.minutes', { n: C.num(c.minutes[i], 1) })); }
      /*plan*/ lines.push.apply(lines, C.plan.brief(what));
      return lines;
    }
    if (what.kind === 'facility') {
      const f = data.facilities;
      return [f.name[i], (f.kind[i] || C.t('unknown')) + ' · ' + C.word(f.status[i]), C.t(f.counts[i] ? 'facility.counts' : 'facility.not')];
    }
    const k = data.candidates;
    const pack = data.packs[C.map.show.pack];
    const lines = [k.name[i]];
    const row = pack ? pack.rowOf.get(i) : undefined;
    if (row !== undefined) {
      const r = pack.ranking;
      lines.push((r.rank[row] === null ? '' : C.t('rank.n', { n: r.rank[row] }) + ' · ') + C.word(r.eligibility[row]) + (r.score[row] === null ? '' : ' · ' + C.fixed(r.score[row], 2)));
    }
    /*plan*/ lines.push.apply(lines, C.plan.brief(what));
    lines.push(C.t('brief.new', { n: C.num(k.new[i]), reach: C.num(k.reach[i]) }));
    return lines;
  };

  /** The panel of what is chosen. */
  C.reasons = function (box, what) {
    C.clear(box);
    if (!what) {
      box.appendChild(el('p', { 'class': 'hint' }, C.t('reasons.hint')));
      return;
    }
    const parts = what.kind === 'community' ? community(what.i) : what.kind === 'facility' ? facility(what.i) : candidate(what.i);
    box.appendChild(el('button', { type: 'button', 'class': 'close', 'aria-label': C.t('close'), title: C.t('close'), onclick: function () { C.choose(null); } }, '×'));
    parts.forEach(function (p) { if (p) { box.appendChild(p); } });
    box.scrollTop = 0;
  };

  function heading(name, id, right) {
    return el('header', {}, el('div', {}, el('h2', {}, name), el('p', { 'class': 'id' }, id)), right || null);
  }

  function candidate(i) {
    const data = C.data;
    const k = data.candidates;
    const pack = data.packs[C.map.show.pack];
    const row = pack ? pack.rowOf.get(i) : undefined;
    const out = [];
    const r = pack ? pack.ranking : null;
    let right = null;
    if (row !== undefined) {
      right = el('div', { 'class': 'score' },
        el('strong', {}, r.score[row] === null ? C.t('unknown') : C.fixed(r.score[row], 2)),
        el('span', {}, C.t('score.of') + (r.rank[row] === null ? '' : ' · ' + C.t('rank.n', { n: r.rank[row] }))));
    }
    out.push(heading(k.name[i], k.id[i] + (k.county[i] ? ' · ' + k.county[i] : '') + (k.street[i] ? ' · ' + k.street[i] : ''), right));
    if (row !== undefined) { out.push(standing(pack, row)); }
    if (!k.at[i]) { out.push(el('p', { 'class': 'warnline' }, C.t('noplace'))); } else if (!k.known[i]) { out.push(el('p', { 'class': 'warnline' }, C.t('nosnap'))); }

    /*plan*/ out.push.apply(out, C.plan.reasons({ kind: 'candidate', i: i }));
    out.push(el('h3', {}, C.t('figures.title'), ours()));
    out.push(facts([
      [C.t('figure.new'), unit(k.new[i], 0, 'people')],
      [C.t('figure.reach'), unit(k.reach[i], 0, 'people')],
      [C.t('figure.served'), unit(k.served[i], 0, 'people')],
      [C.t('figure.redundancy'), C.pct(k.redundancy[i])],
      [C.t('figure.households_new'), unit(k.households_new[i], 0, 'households')],
      [C.t('figure.old_500_households_new'), unit(k.old_500_households_new[i], 0, 'households')],
      [C.t('figure.reach_gap_closed'), unit(k.reach_gap_closed[i], 1, 'm2')],
      [C.t('figure.outside'), C.pct(k.outside[i])]
    ]));
    out.push.apply(out, reachNotes('candidate', i));

    if (row !== undefined) {
      const computed = criteria(pack, row, false);
      const declared = criteria(pack, row, true);
      if (computed) {
        out.push(el('h3', {}, C.t('criteria.title', { score: C.fixed(r.score[row], 2) })));
        out.push(el('p', { 'class': 'hint' }, C.t('criteria.hint')));
        out.push(computed);
      }
      if (declared) {
        out.push(el('h3', {}, C.t('criteria.declared', { score: C.fixed(r.declared[row], 2) })));
        out.push(el('p', { 'class': 'hint' }, C.t('criteria.declared.hint')));
        out.push(declared);
      }
      if (r.top[row] !== null) { out.push(el('p', { 'class': 'hint' }, C.t('top', { n: data.top, share: C.pct(r.top[row]) }))); }
    }
    out.push(el('h3', {}, C.t('site.title')));
    out.push(facts([
      [C.t('site.host'), k.host[i] === null ? C.t('unknown') : link('community', k.host[i], data.communities.name[k.host[i]])],
      row !== undefined ? [C.t('site.host_elderly'), unit(r.host_elderly[row], 0, 'people')] : null,
      row !== undefined ? [C.t('site.old_500'), C.yes(r.old_500[row])] : null,
      [C.field('address'), k.address[i] || C.t('unknown')],
      [C.field('floor_area'), unit(k.floor_area[i], 2, 'm2')],
      [C.field('beds'), unit(k.beds[i], 0, 'beds')],
      [C.field('build_mode'), C.word(k.mode[i])],
      [C.field('tenure'), C.word(k.tenure[i])],
      k.kind[i] ? [C.field('type'), k.kind[i]] : null
    ]));
    if (pack) { out.push.apply(out, verdicts(pack, 'candidate', i)); }
    return out;
  }

  /** What the map shows of a chosen site's reach, as a legend. */
  function reachNotes(kind, i) {
    const data = C.data;
    const notes = [];
    const bands = function (text, list, icon) {
      notes.push(el('p', { 'class': 'hint bands' }, text, list.map(function (m, b) {
        const colour = C.BANDS[Math.min(b, C.BANDS.length - 1)];
        return el('span', {}, C.svg('svg', { width: 22, height: 10, 'aria-hidden': 'true' }, icon(colour)), ' ≤ ' + C.num(m, 2) + ' ' + C.t('unit.min'));
      })));
    };
    const circle = (kind === 'facility' ? data.circles.facilities : data.circles.candidates)[i];
    if (circle) {
      bands(C.t('circles.shown'), data.circles.bands, function (colour) {
        return C.svg('rect', { x: 1, y: 1, width: 20, height: 8, fill: colour, 'fill-opacity': 0.25, stroke: colour });
      });
    }
    if (kind === 'candidate') {
      if (data.straight_dm) {
        notes.push(el('p', { 'class': 'hint' }, C.t('reached.straight', { m: C.num(data.straight_dm / 10) })));
      } else if (data.reached.text[i]) {
        bands(C.t('reached.shown'), data.reached.bands, function (colour) { return C.svg('path', { d: 'M1 5H21', stroke: colour, 'stroke-width': 5 }); });
      } else if (data.reached.left_out) {
        notes.push(el('p', { 'class': 'hint' }, C.t('reached.left_out', { n: C.num(data.reached.left_out) })));
      }
    } else if (!circle && data.circles.left_out) {
      notes.push(el('p', { 'class': 'hint' }, C.t('circles.left_out', { n: C.num(data.circles.left_out) })));
    }
    return notes;
  }

  function standing(pack, row) {
    const r = pack.ranking;
    const kind = r.eligibility[row];
    const because = r.because[row];
    const line = el('p', { 'class': 'standing' }, chip(kind, C.word(kind)), ' ');
    if (kind === 'conditional') { line.appendChild(document.createTextNode(C.t('depends', { fields: C.fields(because) }))); }
    if (kind === 'ineligible') {
      line.appendChild(document.createTextNode(C.t('fails', { rules: because.split(';').join(C.t('comma')) })));
      because.split(';').forEach(function (id) { line.appendChild(clause(pack, id)); });
    }
    if (r.missing[row]) { line.appendChild(el('span', { 'class': 'missing' }, C.t('missing', { fields: C.fields(r.missing[row]) }))); }
    return line;
  }

  /** Each criterion as it was measured, as a value of 0–1, and as points: bar = value, width of the track = weight. */
  function criteria(pack, row, declared) {
    const r = pack.ranking;
    let sum = 0;
    let most = 0;
    pack.criteria.forEach(function (c, n) {
      if (c.declared === declared && r.value[n][row] !== null) {
        sum += r.weight[n][row];
        most = Math.max(most, r.weight[n][row]);
      }
    });
    const items = pack.criteria.map(function (c, n) { return [c, n]; }).filter(function (p) { return p[0].declared === declared; });
    if (!items.length) { return null; }
    return el('ul', { 'class': 'criteria' }, items.map(function (p) {
      const c = p[0];
      const raw = r.raw[p[1]][row];
      const value = r.value[p[1]][row];
      const weight = r.weight[p[1]][row];
      const known = value !== null && weight > 0;
      const points = known && sum > 0 ? 100 * weight * value / sum : null;
      const full = sum > 0 ? 100 * weight / sum : 0;
      const bar = el('div', { 'class': 'bar' + (known ? '' : ' none') }, el('i', {}));
      bar.style.width = (known && most > 0 ? Math.max(8, 100 * weight / most) : 100) + '%';
      bar.firstChild.style.width = (known ? 100 * value : 0) + '%';
      const rawText = raw === null ? C.t('unknown') : C.num(raw, 2) + (c.unit ? ' ' + C.word(c.unit) : '');
      return el('li', {},
        el('div', { 'class': 'line' },
          el('span', { 'class': 'label' }, c.label[C.lang === 'zh' ? 0 : 1]),
          el('span', { 'class': 'points' }, known ? C.fixed(points, 1) + ' / ' + C.fixed(full, 1) : C.t('criterion.out'))),
        el('div', { 'class': 'track' }, bar),
        el('p', { 'class': 'how' }, C.t('criterion.how', {
          raw: rawText, value: value === null ? C.t('unknown') : C.fixed(value, 3), weight: C.num(weight, 3), zero: C.num(c.zero, 3), one: C.num(c.one, 3)
        }), known ? null : ' ' + C.t('criterion.unknown', { field: C.field(c.fact) }), c.flat ? el('span', { 'class': 'flat' }, C.t('criterion.flat')) : null),
        c.clauses.map(function (id) { return clause(pack, id); }));
    }));
  }

  function verdicts(pack, kind, subject) {
    const list = C.verdictsOf(pack, kind, subject);
    if (!list.length) { return []; }
    const tally = {};
    list.forEach(function (v) { tally[v.outcome] = (tally[v.outcome] || 0) + 1; });
    const summary = SERIOUS.filter(function (o) { return tally[o]; }).map(function (o) { return chip('o-' + o, SIGN[o] + ' ' + C.word(o) + ' ' + tally[o]); });
    const out = [el('h3', {}, C.t('verdicts.title', { n: list.length })), el('p', { 'class': 'chips' }, summary)];
    SERIOUS.forEach(function (o) {
      const of = list.filter(function (v) { return v.outcome === o; });
      if (!of.length) { return; }
      const rows = el('ul', { 'class': 'verdicts' }, of.map(function (v) { return verdict(pack, v); }));
      if (FOLDED[o]) {
        out.push(el('details', {}, el('summary', {}, chip('o-' + o, SIGN[o] + ' ' + C.word(o)), ' ' + of.length), rows));
      } else {
        out.push(rows);
      }
    });
    return out;
  }

  function verdict(pack, v) {
    const told = [];
    if (v.value) { told.push(C.t('verdict.value', { value: C.judged(v.value) })); }
    if (v.threshold) { told.push(C.t('verdict.threshold', { threshold: C.judged(v.threshold) })); }
    if (v.missing) { told.push(C.t('verdict.missing', { fields: C.fields(v.missing) })); }
    if (v.due) { told.push(C.t('verdict.due', { date: v.due })); }
    if (v.override) { told.push(C.t('verdict.override', { reason: v.override })); }
    return el('li', {}, el('div', {}, chip('o-' + v.outcome, SIGN[v.outcome] + ' ' + C.word(v.outcome)), ' ', el('span', { 'class': 'how' },
      C.word(v.rule.hardness) + ' · ' + C.word(v.rule.stage) + (told.length ? ' · ' + told.join(C.t('semicolon')) : ''))), clause(pack, v.rule.id));
  }

  function community(i) {
    const data = C.data;
    const c = data.communities;
    const where = [c.code[i], c.county[i], c.street[i], C.word(c.village[i] ? 'village' : 'urban')].filter(Boolean).join(' · ');
    const right = el('div', { 'class': 'score' }, el('strong', {}, C.pct(c.share[i])), el('span', {}, data.group ? C.t('community.share', { group: C.t('group.' + data.group) }) : ''));
    const out = [heading(c.name[i], where, right)];
    const status = c.status[i] || 'unknown';
    out.push(el('p', { 'class': 'standing' }, chip(status, C.word(status)), ' ' + C.t('community.' + status)));
    /*plan*/ out.push.apply(out, C.plan.reasons({ kind: 'community', i: i }));
    out.push(el('h3', {}, C.t('community.walk')));
    out.push(facts([
      [C.t('community.minutes'), unit(c.minutes[i], 1, 'min')],
      [C.t('community.nearest'), c.nearest[i] === null ? C.t('unknown') : link('facility', c.nearest[i], data.facilities.name[c.nearest[i]])],
      [C.t('community.density'), c.density[i] === null ? C.t('unknown') : C.num(c.density[i], 1) + ' ' + C.t('unit.perkm2'), true],
      [C.t('community.outside'), C.pct(c.outside[i])]
    ]));
    if (c.groups.length) {
      out.push(el('table', { 'class': 'small' }, el('thead', {}, el('tr', {}, ['group', 'people', 'covered', 'left', 'unknown', 'share'].map(function (k) { return el('th', { scope: 'col' }, C.t('people.' + k)); }))),
        el('tbody', {}, c.groups.map(function (g) {
          if (g.people[i] === null) { return null; }
          const known = g.people[i] - g.unknown[i];
          return el('tr', {}, el('th', { scope: 'row' }, C.t('group.' + g.group)), [g.people[i], g.covered[i], known - g.covered[i], g.unknown[i]].map(function (n) { return el('td', {}, C.num(n)); }),
            el('td', {}, known > 0 ? C.pct(g.covered[i] / known) : C.t('unknown')));
        }))));
    }
    out.push(el('h3', {}, C.t('community.admin')));
    const inside = [];
    data.facilities.community.forEach(function (at, f) { if (at === i) { inside.push(f); } });
    const serving = [];
    data.facilities.serves.forEach(function (list, f) { if (list.indexOf(i) >= 0) { serving.push(f); } });
    const named = function (list) {
      return list.length ? list.slice(0, 12).map(function (f) { return el('span', {}, link('facility', f, data.facilities.name[f]), ' (' + C.word(data.facilities.status[f]) + ') '); }) : C.t('nobody');
    };
    out.push(facts([
      [C.t('community.administrative'), C.word('admin_' + (c.administrative[i] || 'unknown'))],
      [C.t('community.inside'), named(inside)],
      serving.length ? [C.t('community.serving'), named(serving)] : null
    ]));
    out.push(el('h3', {}, C.t('community.area')));
    out.push(el('p', { 'class': 'hint' }, C.t('community.area.hint')));
    out.push(facts([
      [C.t('community.area_reference'), unit(c.area_reference[i], 2, 'm2')],
      [C.t('community.area_inside'), unit(c.area_inside[i], 2, 'm2')],
      [C.t('community.area_gap'), unit(c.area_gap[i], 2, 'm2')],
      [C.t('community.m2_per_100'), c.m2_per_100[i] === null ? C.t('unknown') : C.num(c.m2_per_100[i], 2) + ' ' + C.t('unit.per100'), true],
      [C.t('community.reach_gap'), unit(c.reach_gap[i], 2, 'm2'), true]
    ]));
    out.push(el('h3', {}, C.t('community.register')));
    out.push(facts([
      [C.t('community.occupied'), unit(c.occupied[i], 0, 'households')],
      [C.t('community.old'), C.yes(c.old[i])],
      [C.t('community.built'), c.built[i] === null ? C.t('unknown') : String(c.built[i])],
      [C.t('community.old_500'), C.yes(c.old_500[i])]
    ]));
    const hosted = [];
    data.candidates.host.forEach(function (h, k) { if (h === i) { hosted.push(k); } });
    if (hosted.length) {
      out.push(el('h3', {}, C.t('community.candidates')));
      out.push(el('p', {}, hosted.slice(0, 20).map(function (k) { return el('span', {}, link('candidate', k, data.candidates.name[k]), ' '); })));
    }
    const pack = data.packs[C.map.show.pack];
    if (pack) { out.push.apply(out, verdicts(pack, 'community', i)); }
    return out;
  }

  function facility(i) {
    const data = C.data;
    const f = data.facilities;
    const out = [heading(f.name[i], f.id[i], null)];
    out.push(el('p', { 'class': 'standing' }, chip(f.counts[i] ? 'covered' : 'unknown', C.t(f.counts[i] ? 'facility.counts' : 'facility.not')), ' ' + C.t(f.counts[i] ? 'facility.counts.long' : 'facility.not.long')));
    if (!f.at[i]) { out.push(el('p', { 'class': 'warnline' }, C.t('noplace'))); } else if (!f.known[i]) { out.push(el('p', { 'class': 'warnline' }, C.t('nosnap'))); }
    if (f.duplicate_of[i] !== null) { out.push(el('p', { 'class': 'warnline' }, C.t('facility.duplicate'), ' ', link('facility', f.duplicate_of[i], f.name[f.duplicate_of[i]]))); }
    out.push(facts([
      [C.field('kind'), f.kind[i] || C.t('unknown')],
      [C.field('status'), C.word(f.status[i])],
      [C.field('floor_area'), unit(f.floor_area[i], 2, 'm2')],
      [C.field('care_area'), unit(f.care_area[i], 2, 'm2')],
      [C.field('beds'), unit(f.beds[i], 0, 'beds')],
      [C.t('facility.community'), f.community[i] === null ? C.t('unknown') : link('community', f.community[i], data.communities.name[f.community[i]])],
      f.serves[i].length ? [C.t('facility.serves'), f.serves[i].map(function (c) { return el('span', {}, link('community', c, data.communities.name[c]), ' '); })] : null
    ]));
    out.push.apply(out, reachNotes('facility', i));
    const pack = data.packs[C.map.show.pack];
    if (pack) { out.push.apply(out, verdicts(pack, 'facility', i)); }
    return out;
  }
})(careshed);
