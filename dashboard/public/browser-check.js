/* Runs in every browser, so it is ES5. Puts the chosen theme on the page before it is drawn, and
   shows a sentence where the browser is too old for the rest. */
(function () {
  var page = document.documentElement;
  try {
    var theme = window.localStorage.getItem('gatehouse.theme');
    if (theme === 'light' || theme === 'dark') page.setAttribute('data-theme', theme);
    var language = window.localStorage.getItem('gatehouse.language') || navigator.language || 'zh';
    page.lang = language.indexOf('zh') === 0 ? 'zh-CN' : 'en';
  } catch (error) {
    // Storage may be forbidden; the page then follows the system.
  }
  var isNew =
    'noModule' in document.createElement('script') &&
    typeof window.structuredClone === 'function' &&
    typeof Object.hasOwn === 'function' &&
    typeof Array.prototype.at === 'function';
  if (isNew) return;
  document.addEventListener('DOMContentLoaded', function () {
    var sentence = document.getElementById('old-browser');
    if (sentence) sentence.removeAttribute('hidden');
  });
})();
