/* Words, numbers and elements. Whatever comes from data becomes text, never markup. */
var careshed = window.careshed || {};
(function (C) {
  'use strict';

  const words = new Map();
  C.lang = 'zh';

  /** Takes the catalogue: [key, Chinese, English] triples. */
  C.learn = function (list) {
    list.forEach(function (w) { words.set(w[0], w); });
  };

  /** The words of a key in the present language, with {placeholders} filled in one pass. */
  C.t = function (key, fill) {
    const found = words.get(key);
    const text = found ? found[C.lang === 'zh' ? 1 : 2] : key;
    if (!fill) { return text; }
    return text.replace(/\{(\w+)\}/g, function (all, name) { return fill[name] === undefined ? all : String(fill[name]); });
  };

  /** The words of a canonical key from data (a status, a field …); the key itself where there are none. */
  C.word = function (key) {
    if (key === null || key === undefined || key === '') { return C.t('unknown'); }
    return words.has('word.' + key) ? C.t('word.' + key) : key;
  };

  /** A field name such as `community.occupied_households`. */
  C.field = function (name) {
    const parts = name.split('.');
    const last = parts[parts.length - 1];
    const label = words.has('field.' + last) ? C.t('field.' + last) : name;
    return parts.length > 1 && words.has('table.' + parts[0]) ? C.t('table.' + parts[0]) + ' ' + label : label;
  };

  /** A list of field names joined by ';'. */
  C.fields = function (text) {
    return text.split(';').filter(Boolean).map(C.field).join(C.t('comma'));
  };

  /** A judged value or threshold, which is written in canonical names: `community.occupied_households ≥ 500;community.old`. */
  C.judged = function (text) {
    return text.split(';').map(function (part) {
      const m = /^([≠≥≤<>=] )?([a-z][a-z0-9_.]*)(?:\s*([=≥≤≠<>])\s*(.*))?$/.exec(part);
      if (!m) { return part; }
      const name = words.has('word.' + m[2]) ? C.t('word.' + m[2]) : C.field(m[2]);
      return (m[1] || '') + name + (m[3] ? ' ' + m[3] + ' ' + C.judged(m[4]) : '');
    }).join(C.t('comma'));
  };

  /** A number with thousands separators and at most so many decimals; the word for unknown where there is none. */
  C.num = function (n, decimals) {
    if (n === null || n === undefined) { return C.t('unknown'); }
    const parts = n.toFixed(decimals || 0).split('.');
    parts[0] = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, ',');
    const rest = parts[1] ? parts[1].replace(/0+$/, '') : '';
    return rest ? parts[0] + '.' + rest : parts[0];
  };

  /** A number with exactly so many decimals. */
  C.fixed = function (n, decimals) {
    return n === null || n === undefined ? C.t('unknown') : n.toFixed(decimals);
  };

  /** A share of 0–1 as a percentage. 99.97 % is not shown as 100 %, nor 0.02 % as nothing. */
  C.pct = function (share) {
    if (share === null || share === undefined) { return C.t('unknown'); }
    const p = share * 100;
    if (share < 1 && p >= 99.95) { return '>99.9%'; }
    if (share > 0 && p < 0.05) { return '<0.1%'; }
    return p.toFixed(1) + '%';
  };

  C.yes = function (flag) {
    return flag === null || flag === undefined ? C.t('unknown') : C.t(flag ? 'yes' : 'no');
  };

  /** An element: `el('p', { class: 'x', onclick: f }, 'text', child …)`. Strings become text nodes. */
  C.el = function (tag, props) {
    const node = document.createElement(tag);
    set(node, props);
    for (let i = 2; i < arguments.length; i++) { add(node, arguments[i]); }
    return node;
  };

  /** The same in SVG. */
  C.svg = function (tag, props) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    set(node, props);
    for (let i = 2; i < arguments.length; i++) { add(node, arguments[i]); }
    return node;
  };

  function set(node, props) {
    Object.keys(props || {}).forEach(function (name) {
      const value = props[name];
      if (typeof value === 'function') {
        node.addEventListener(name.slice(2), value);
      } else if (value !== null && value !== undefined && value !== false) {
        node.setAttribute(name, value === true ? '' : String(value));
      }
    });
  }

  function add(node, child) {
    if (Array.isArray(child)) {
      child.forEach(function (c) { add(node, c); });
    } else if (child !== null && child !== undefined && child !== false) {
      node.appendChild(child.nodeType ? child : document.createTextNode(String(child)));
    }
  }

  C.clear = function (node) {
    while (node.firstChild) { node.removeChild(node.firstChild); }
    return node;
  };

  /** How much larger than usual the page is written: 1 on a desk, more on a very large screen. */
  C.unit = function () { return parseFloat(window.getComputedStyle(document.documentElement).fontSize) / 14 || 1; };

  /** Notes when something was done first, for whoever measures the page with the browser's own tools. */
  C.moment = function (name) {
    if (window.performance && window.performance.mark) { window.performance.mark('careshed-' + name); }
  };

  C.id = function (id) { return document.getElementById(id); };

  /** Puts the words of the present language wherever the markup names a key. */
  C.relabel = function () {
    document.documentElement.lang = C.lang === 'zh' ? 'zh-CN' : 'en';
    const ways = [['data-t', null], ['data-t-label', 'aria-label'], ['data-t-title', 'title'], ['data-t-placeholder', 'placeholder']];
    ways.forEach(function (way) {
      Array.prototype.forEach.call(document.querySelectorAll('[' + way[0] + ']'), function (node) {
        const text = C.t(node.getAttribute(way[0]));
        if (way[1]) { node.setAttribute(way[1], text); } else { node.textContent = text; }
      });
    });
  };
})(careshed);
