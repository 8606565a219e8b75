"""Strings that attack, confuse or break a page: what a test types where a person would. All of them are our own."""

# markup that would act if it were not escaped, one of each kind; `FIRE` becomes a call that the browser reports
VECTORS = """
<script>FIRE</script>
</title><script>FIRE</script>
</style><script>FIRE</script>
</textarea><script>FIRE</script>
--><script>FIRE</script>
]]><script>FIRE</script>
<scr<script>ipt>FIRE</script>
<SCRIPT SRC=data:text/javascript,FIRE></SCRIPT>
<img src=x onerror=FIRE>
<img src=x onerror="FIRE">
"><img src=x onerror=FIRE>
'><img src=x onerror=FIRE>
` onerror=`FIRE
" onmouseover="FIRE" x="
' autofocus onfocus='FIRE
<img src=x:x onerror&#61;FIRE>
<image src=x onerror=FIRE>
<img srcset=x onerror=FIRE>
<svg onload=FIRE>
<svg/onload=FIRE>
<svg><script>FIRE</script></svg>
<svg><animate onbegin=FIRE attributeName=x dur=1s>
<svg><a xlink:href="javascript:FIRE"><text x=20 y=20>x</text></a></svg>
<svg><foreignObject><body onload=FIRE></foreignObject></svg>
<svg><style><img src=x onerror=FIRE></style></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=FIRE&gt;">
<math href="javascript:FIRE">x</math>
<math><annotation-xml encoding="text/html"><img src=x onerror=FIRE></annotation-xml></math>
<noscript><p title="</noscript><img src=x onerror=FIRE>">
<template><img src=x onerror=FIRE></template>
<template shadowrootmode=open><img src=x onerror=FIRE></template>
<iframe src="javascript:FIRE"></iframe>
<iframe srcdoc="<script>parent.FIRE</script>"></iframe>
<object data="data:text/html,<script>FIRE</script>"></object>
<embed src="data:text/html,<script>FIRE</script>">
<video><source onerror=FIRE></video>
<audio src=x onerror=FIRE>
<body onload=FIRE>
<details open ontoggle=FIRE>x
<input autofocus onfocus=FIRE>
<select autofocus onfocus=FIRE>
<textarea autofocus onfocus=FIRE></textarea>
<marquee onstart=FIRE>x</marquee>
<a href="javascript:FIRE">x</a>
<a href="JaVa&#x09;ScRiPt:FIRE">x</a>
<a href="data:text/html,<script>FIRE</script>">x</a>
<a href="vbscript:FIRE">x</a>
<a href="//example.invalid/x">x</a>
<form action="javascript:FIRE"><button>x</button></form>
<button formaction="javascript:FIRE">x</button>
<isindex action="javascript:FIRE" type=image>
<meta http-equiv=refresh content="0;url=data:text/html,x">
<meta http-equiv=refresh content="0;url=https://example.invalid/">
<base href="https://example.invalid/">
<link rel=stylesheet href="https://example.invalid/x.css">
<style>@import url(https://example.invalid/x.css);</style>
<style>body{background:url(https://example.invalid/x.png)}</style>
<p style="background:url(https://example.invalid/x.png)">x</p>
<p style="background:u\\72l(https://example.invalid/x.png)">x</p>
<p style="position:fixed;inset:0;background:#fff">x</p>
<p style="width:expression(FIRE)">x</p>
<img src="https://example.invalid/x.png">
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='FIRE'/>">
<img src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0iYWxlcnQoMSkiLz4=">
<table background="https://example.invalid/x.png"><tr><td>x</table>
<x onclick=FIRE id=x tabindex=1 onfocus=FIRE autofocus>x</x>
<a id=x popover onbeforetoggle=FIRE>x</a>
<div onanimationstart=FIRE style="animation:x 1s">x</div>
<xmp><p title="</xmp><img src=x onerror=FIRE>">
<listing>&lt;img onerror=FIRE src=x&gt;</listing>
<plaintext><img src=x onerror=FIRE>
<frameset onload=FIRE>
<dialog open onclose=FIRE>x</dialog>
![x](x"onerror="FIRE)
[x](javascript:FIRE)
[x]: javascript:FIRE
<javascript:FIRE>
```<img src=x onerror=FIRE>
| <img src=x onerror=FIRE> |
$<img src=x onerror=FIRE>$
{{ self.__init__.__globals__ }}{% raw %}<img src=x onerror=FIRE>
\u202e<img src=x onerror=FIRE>
\ufeff\u2028<svg onload=FIRE>
""".strip().replace("FIRE", "alert(1)").split("\n")  # fmt: skip

# text that is read wrongly, or breaks what is careless with it
AWKWARD = (
    "invoice\u202egnp.exe",  # read from right to left after the mark
    "\u2066hidden\u2069 and \u2067turned\u2069",
    "\u200f\u200e\u061cmarks alone",
    "pass\u200bword with\u200d joiners\u2060 and\ufeff none",
    "soft\u00adhyphens\u00ad",
    "bell\x07 escape\x1b[31mred\x1b[0m backspace\x08\x08",
    "e\u0301\u0323\u0302\u0331\u0304\u0330" * 12,
    "👩\u200d🔬 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🇨🇭 ｆｕｌｌ－ｗｉｄｔｈ ① ﬁ",
    "نصّ من اليمين mixed with left",
    "数据 кириллица",
    "\u2028line\u2029paragraph\x85next",
    "a" * 3000,
    "SHA256:" + "0f" * 400,
    "word " * 600,
    "\"", "'", "`", "“”‘’", "\"'\"'", "\\", "\\\\\"", "&", "&amp;lt;", "&#x3c;b&#x3e;", "&notanentity;", "<", ">", "</",
    "<!", "<?x?>",
    "{{ 7 * 7 }}", "{% for x in y %}", "{# note #}", "${7*7}", "#{7*7}", "%(name)s %s %d", "{0} {name!r:>{width}}",
    "$x$ \\(x\\)",
    "=1+1", "@cmd", "+1", "-1", "\t=HYPERLINK(\"https://example.invalid\")",
    "'; drop table revision; --", "1 or 1=1", "../../etc/passwd", "C:\\x\\y", "file:///x", "null", "None", "undefined",
    "NaN", "true",
    "# heading", "## heading {#id}", "- item", "> quote", "| a | b |\n|---|---|\n| 1 | 2 |", "```\nfence",
    "---", "[a]: b", "***", "\\\n",
    "two\nlines", "tab\there", "\r\nwindows\r\n", " leading and trailing ", "\u00a0\u3000\u2003",
    "\\N \\G \\L \\E <b>&amp;",  # what Graphviz would put in place of these
)  # fmt: skip

STRINGS = (*VECTORS, *AWKWARD)
