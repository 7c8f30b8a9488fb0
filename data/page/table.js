/* Tables of any length: only the rows in view exist. Sorting, one chosen row, arrow keys. */
(function (C) {
  'use strict';

  const PAPER = 120;

  /**
   * A table in `box`. `options`: label (a function), columns, rows (indices in their own order), onpick(index), ofKey (sort at the start).
   * A column: key, label(), tip(), text(i) → string or elements, sort(i) → number, string or null, num, up (small values first).
   */
  function Table(box, options) {
    const self = this;
    this.options = options;
    this.rows = options.rows.slice();
    this.base = options.rows.slice();
    this.sorted = null;
    this.chosen = null;
    this.first = -1;
    this.paper = false;
    this.row = Math.round(34 * C.unit());
    this.box = C.el('div', { 'class': 'scroll' });
    this.box.style.setProperty('--row', this.row + 'px');
    this.head = C.el('tr', { 'aria-rowindex': 1 });
    this.body = C.el('tbody', {});
    this.table = C.el('table', { role: 'grid', 'class': 'grid' }, C.el('thead', {}, this.head), this.body);
    this.box.appendChild(this.table);
    this.note = C.el('p', { 'class': 'paper' });
    box.appendChild(this.box);
    box.appendChild(this.note);
    this.box.addEventListener('scroll', function () { self.fill(false); });
    this.body.addEventListener('click', function (e) {
      const row = e.target.closest('tr[data-i]');
      if (row) { self.take(Number(row.getAttribute('data-i'))); }
    });
    this.table.addEventListener('keydown', function (e) { self.key(e); });
    this.relabel();
  }
  C.Table = Table;

  Table.prototype.relabel = function () {
    const self = this;
    this.table.setAttribute('aria-label', this.options.label());
    C.clear(this.head);
    this.options.columns.forEach(function (col) {
      const way = self.sorted && self.sorted.key === col.key ? (self.sorted.up ? 'ascending' : 'descending') : 'none';
      const arrow = way === 'none' ? '' : way === 'ascending' ? ' ▲' : ' ▼';
      const button = C.el('button', { type: 'button', title: col.tip ? col.tip() : null, onclick: function () { self.sort(col); } },
        col.label(), C.el('span', { 'aria-hidden': 'true' }, arrow));
      self.head.appendChild(C.el('th', { scope: 'col', 'aria-sort': way, 'class': col.num ? 'num' : null }, button));
    });
    this.table.setAttribute('aria-rowcount', this.rows.length + 1);
    this.fill(true);
  };

  /** Shows only rows for which `keep` is true. */
  Table.prototype.filter = function (keep) {
    this.base = keep ? this.options.rows.filter(keep) : this.options.rows.slice();
    this.order();
  };

  /** First press: the more interesting end first; second: the other; third: the order of the list. */
  Table.prototype.sort = function (col) {
    const up = Boolean(col.up);
    if (!this.sorted || this.sorted.key !== col.key) {
      this.sorted = { key: col.key, up: up, of: col.sort };
    } else if (this.sorted.up === up) {
      this.sorted.up = !up;
    } else {
      this.sorted = null;
    }
    this.order();
  };

  Table.prototype.order = function () {
    this.rows = this.base.slice();
    const s = this.sorted;
    if (s) {
      const place = new Map();
      this.rows.forEach(function (r, n) { place.set(r, n); });
      this.rows.sort(function (a, b) {
        const x = s.of(a);
        const y = s.of(b);
        const nx = x === null || x === undefined || x === '';
        const ny = y === null || y === undefined || y === '';
        if (nx || ny) { return nx && ny ? place.get(a) - place.get(b) : nx ? 1 : -1; }
        const c = typeof x === 'string' ? x.localeCompare(y, 'zh') : x - y;
        return (s.up ? c : -c) || place.get(a) - place.get(b);
      });
    }
    this.box.scrollTop = 0;
    this.relabel();
  };

  /** Writes the rows in view; the rest is two empty rows of the right height. */
  Table.prototype.fill = function (anew) {
    const n = this.rows.length;
    const seen = Math.ceil((this.box.clientHeight || 600) / this.row);
    let first = Math.max(0, Math.floor(this.box.scrollTop / this.row) - 12);
    first -= first % 6;
    let last = Math.min(n, first + seen + 30);
    const most = this.options.paper || PAPER;
    if (this.paper) {
      first = 0;
      last = Math.min(n, most);
    }
    if (!anew && first === this.first && last === this.last) { return; }
    const held = this.body.contains(document.activeElement);
    this.first = first;
    this.last = last;
    const self = this;
    C.clear(this.body);
    if (first > 0) { this.gap(first); }
    const tabbed = this.chosen !== null && this.rows.indexOf(this.chosen, 0) >= first && this.rows.indexOf(this.chosen) < last ? this.chosen : this.rows[first];
    for (let r = first; r < last; r++) {
      const i = this.rows[r];
      const row = C.el('tr', {
        'data-i': i, 'aria-rowindex': r + 2, tabindex: i === tabbed ? 0 : -1,
        'aria-selected': i === this.chosen ? 'true' : 'false', 'class': i === this.chosen ? 'on' : null
      });
      self.options.columns.forEach(function (col) {
        const content = col.text(i);
        row.appendChild(C.el('td', { role: 'gridcell', 'class': col.num ? 'num' : null, title: typeof content === 'string' && !col.num ? content : null }, content));
      });
      this.body.appendChild(row);
    }
    if (last < n && !this.paper) { this.gap(n - last); }
    if (!n) {
      this.body.appendChild(C.el('tr', {}, C.el('td', { role: 'gridcell', colspan: this.options.columns.length, 'class': 'nothing' }, C.t('table.none'))));
    }
    this.note.textContent = this.paper && n > most ? C.t('table.paper', { n: most, total: C.num(n) }) : '';
    if (held) { this.focus(); }
  };

  Table.prototype.gap = function (rows) {
    const cell = C.el('td', { colspan: this.options.columns.length, role: 'gridcell' });
    cell.style.height = rows * this.row + 'px';
    this.body.appendChild(C.el('tr', { 'aria-hidden': 'true', 'class': 'gap' }, cell));
  };

  Table.prototype.focus = function () {
    const row = this.body.querySelector('tr[tabindex="0"]');
    if (row) { row.focus({ preventScroll: true }); }
  };

  Table.prototype.take = function (i) {
    this.options.onpick(i);
  };

  /** Marks the row of an index as chosen and brings it into view. */
  Table.prototype.choose = function (i) {
    this.chosen = i;
    const r = i === null ? -1 : this.rows.indexOf(i);
    if (r >= 0) {
      const top = r * this.row;
      const head = this.head.offsetHeight;
      const height = this.box.clientHeight - head;
      if (top < this.box.scrollTop || top + this.row > this.box.scrollTop + height) { this.box.scrollTop = Math.max(0, top - height / 3); }
    }
    this.fill(true);
  };

  Table.prototype.key = function (e) {
    const row = e.target.closest('tr[data-i]');
    if (!row) { return; }
    const at = this.rows.indexOf(Number(row.getAttribute('data-i')));
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.row) - 2);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.rows.length - 1, Enter: at, ' ': at }[e.key];
    if (to === undefined) { return; }
    e.preventDefault();
    const i = this.rows[Math.max(0, Math.min(this.rows.length - 1, to))];
    this.take(i);
    this.choose(i);
    this.focus();
  };

  /** All rows that go on paper, or the scrolling table again. */
  Table.prototype.print = function (on) {
    this.paper = on;
    this.fill(true);
  };
})(careshed);
