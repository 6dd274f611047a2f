"""The look of the pages: one style sheet, read on a phone first, in light and in dark.

Text and its background keep WCAG AA's 4.5:1, what marks a control 3:1; a test computes both from
the colours below.
"""

LIGHT = {
    "paper": "#f2f4f3",
    "card": "#ffffff",
    "ink": "#1b2325",
    "soft": "#56625f",
    "line": "#d8dedb",
    "edge": "#7f8b87",
    "accent": "#0d5f56",
    "on-accent": "#ffffff",
    "tint": "#e6f2ef",
    "said": "#eef1f0",
    "warn": "#7a4a00",
    "warn-tint": "#fdf1d8",
    "bad": "#a1121f",
    "bad-tint": "#fdeaea",
}
DARK = {
    "paper": "#111516",
    "card": "#1a2022",
    "ink": "#e9eeec",
    "soft": "#a5b1ad",
    "line": "#323b3d",
    "edge": "#74817d",
    "accent": "#74ccbd",
    "on-accent": "#06211d",
    "tint": "#17332f",
    "said": "#242c2e",
    "warn": "#f2c678",
    "warn-tint": "#382a10",
    "bad": "#ffa9a6",
    "bad-tint": "#431a1c",
}


def _colours(theme: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in theme.items())


STYLE = (
    f"""
:root{{color-scheme:light dark;{_colours(LIGHT)}}}
@media (prefers-color-scheme:dark){{:root{{{_colours(DARK)}}}}}
"""
    + """
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.6 system-ui,-apple-system,
"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;
overflow-wrap:anywhere;text-autospace:normal}
:lang(zh-Hant){font-family:system-ui,-apple-system,"Segoe UI",Roboto,"PingFang TC",
"Microsoft JhengHei","Noto Sans CJK TC","Noto Sans TC",sans-serif}
h1,h2,p,ol,ul,dl,dd,fieldset,legend,textarea{margin:0;padding:0;border:0}
ol,ul{list-style:none}
h1{font-size:1.5rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
:lang(zh) h1{letter-spacing:0}
h2,.heading{display:block;font-size:1.0625rem;line-height:1.4;font-weight:650}
.top,main,footer{width:100%;max-width:70rem;margin:0 auto;padding-left:1rem;padding-right:1rem}
.top{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;justify-content:space-between;
padding-top:.875rem;padding-bottom:.25rem}
.brand{font-weight:650;color:var(--soft)}
.due{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:0 .75rem;
width:100%;padding:.625rem .875rem;border-radius:.75rem;background:var(--tint);color:var(--accent)}
.due strong{font-size:1.25rem;line-height:1.4;font-weight:700;font-variant-numeric:tabular-nums}
.due span{font-variant-numeric:tabular-nums}
.due.soon{background:var(--warn-tint);color:var(--warn)}
.due.over{background:var(--bad-tint);color:var(--bad)}
main{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr);padding-top:.75rem;
padding-bottom:1.5rem}
.columns,.column{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr);align-content:start}
.column:empty{display:none}
.intro{display:grid;gap:.5rem}
.lead,.hint,.who,footer{color:var(--soft)}
.hint,.who,footer{font-size:.875rem;line-height:1.5}
.why{display:grid;gap:.375rem;margin:.125rem 0;padding-left:.75rem;
border-left:.1875rem solid var(--edge)}
a{color:var(--accent);display:inline-block;padding:.25rem 0}
.stops{display:grid;gap:.75rem;padding-top:.5rem}
.why li,details li{text-wrap:pretty}
li small,.stored small{color:var(--soft);font-size:.875rem}
.facts{display:flex;flex-wrap:wrap;gap:.375rem;padding-top:.25rem}
.facts li{padding:.125rem .625rem;border:1px solid var(--line);border-radius:1rem;
background:var(--card);font-size:.875rem;line-height:1.6}
.facts .sensitive{border-color:transparent;background:var(--warn-tint);color:var(--warn);
font-weight:600}
.facts .severe{border-color:transparent;background:var(--bad-tint);color:var(--bad);
font-weight:600}
.notice,.banner{padding:.75rem .875rem;border-radius:.75rem;background:var(--warn-tint);
color:var(--warn)}
.notice{font-weight:600}
.notice.good{background:var(--tint);color:var(--accent)}
.standing{display:grid;gap:.375rem}
.pulse{display:grid;grid-template-columns:minmax(0,1fr) 6rem;gap:.75rem;align-items:end;
max-width:36rem;padding-top:.25rem;font-size:.875rem;line-height:1.5}
.pulse svg{display:block;width:100%;height:1.75rem;border-bottom:1px solid var(--edge);
fill:var(--accent)}
.banner p{white-space:pre-wrap}
.banner.calm{background:var(--tint);color:var(--accent)}
.card{display:grid;gap:.75rem;align-content:start;padding:1rem;border:1px solid var(--line);
border-radius:1rem;background:var(--card)}
.talk{display:grid;gap:.75rem}
.line{display:grid;gap:.125rem;justify-items:start}
.line.us{justify-items:end}
.who{display:flex;flex-wrap:wrap;gap:0 .5rem;padding:0 .25rem}
.who time{font-variant-numeric:tabular-nums}
.said{max-width:100%;padding:.5rem .75rem;border-radius:.25rem .875rem .875rem;
background:var(--said);white-space:pre-wrap;overflow:clip}
.us .said{border-radius:.875rem .25rem .875rem .875rem;background:var(--tint)}
.said bdi{display:block}
.hidden{padding:0 .25rem;border-radius:.25rem;background:var(--bad-tint);color:var(--bad);
font:600 .75rem/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:nowrap}
.card.decide{border-color:var(--edge);gap:1rem}
.decide label.heading{font-size:1.1875rem}
form .field{display:grid;gap:.375rem}
textarea,select,.field input{display:block;width:100%;padding:.75rem;border:1px solid var(--edge);
border-radius:.75rem;background:var(--card);color:inherit;font:inherit;font-size:1.0625rem;
line-height:1.6}
textarea{min-height:8.5rem;max-height:70vh;field-sizing:content;resize:vertical}
select,.field input{min-height:2.75rem;padding:.5rem .75rem}
.code input{font-size:1.375rem;letter-spacing:.25em;font-variant-numeric:tabular-nums}
fieldset{display:grid;gap:.5rem;min-width:0}
legend{padding-bottom:.5rem}
.choice{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 .75rem;align-items:start;
min-height:3.5rem;padding:.75rem .875rem;border:1px solid var(--edge);border-radius:.75rem;
cursor:pointer}
.line-of-text{display:block;width:100%;min-height:2.75rem;padding:.5rem .75rem;
border:1px solid var(--edge);border-radius:.75rem;background:var(--card);color:inherit;font:inherit;
font-size:1.0625rem}
fieldset details{padding-top:.25rem}
fieldset details .choice{margin-bottom:.5rem}
.choice input{width:1.375rem;height:1.375rem;margin:.0625rem 0 0;accent-color:var(--accent)}
.choice b,.choice small{display:block}
.choice b{font-weight:600}
.choice small{font-size:.875rem;line-height:1.5;color:var(--soft)}
.choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);
background:var(--tint)}
.choice:has(:checked) small{color:var(--ink)}
@supports selector(:has(*)){
form:not(:has(input[value=reject]:checked)) .wrong,
form:not(:has(input[value=hand_on]:checked)) .to,
form:not(:has(input:is([value=reject],[value=hand_on],[value=hold_topic]):checked)) .reason
{display:none}}
button{width:100%;min-height:3.25rem;padding:.75rem 1rem;border:0;border-radius:.75rem;
background:var(--accent);color:var(--on-accent);font:inherit;font-size:1.0625rem;font-weight:650;
cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
details{border-top:1px solid var(--line)}
details:first-child{border-top:0}
summary{display:flex;align-items:center;justify-content:space-between;gap:.5rem;
min-height:2.75rem;cursor:pointer;font-weight:600}
summary::-webkit-details-marker{display:none}
summary::after{content:"";flex:none;width:.5rem;height:.5rem;margin-right:.25rem;
border:solid var(--soft);border-width:0 2px 2px 0;transform:translateY(-.125rem) rotate(45deg)}
[open]>summary::after{transform:translateY(.125rem) rotate(-135deg)}
details ol,details ul{display:grid;gap:.375rem;padding-bottom:.75rem}
.asked li{display:flex;justify-content:space-between;gap:1rem}
.asked time{color:var(--soft);font-variant-numeric:tabular-nums}
.more{gap:0;padding-top:.25rem;padding-bottom:.25rem}
.figures{display:grid;gap:.5rem}
.figures div{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 1rem;align-items:baseline}
.figures dd{font-size:1.25rem;line-height:1.4;font-weight:700;
font-variant-numeric:tabular-nums}
.figures dt{color:var(--soft)}
.figures svg{display:block;grid-column:1/-1;width:100%;height:.5rem;border-radius:.25rem;
background:var(--said);fill:var(--edge)}
.figures .now svg{fill:var(--bad)}
.figures .now dd{color:var(--bad)}
.times{font-weight:600}
.stored{padding:.75rem .875rem;border-radius:.75rem;background:var(--said);white-space:pre-wrap;
overflow:clip}
.stored bdi{display:block}
.top.short,main.short,.short~footer{max-width:44rem}
.short h1::before{content:"";display:block;width:2.5rem;height:.25rem;margin-bottom:.75rem;
border-radius:.125rem;background:var(--mark,var(--edge))}
.good{--mark:var(--accent)}
.wait{--mark:var(--warn)}
.bad{--mark:var(--bad)}
footer{display:grid;gap:.25rem;padding-bottom:2rem}
main:first-child{padding-top:2.5rem}
@media (min-width:56rem){
.top,main,footer{padding-left:2rem;padding-right:2rem}
.top{padding-top:1.5rem;align-items:center}
.due{width:auto;gap:0 1rem}
h1{font-size:2rem}
main{gap:1.25rem 1.5rem;padding-top:1rem}
.columns{grid-template:"said decide" auto "more decide" 1fr/minmax(0,1fr) minmax(0,1fr);
gap:1.25rem 1.5rem}
.columns>.said-here{grid-area:said}
.columns>.say{grid-area:decide;align-self:start}
.columns>.more{grid-area:more;align-self:start}
.card{padding:1.25rem}
.more{padding-top:.25rem;padding-bottom:.25rem}
textarea{min-height:11rem}
}
@media (forced-colors:active){.choice:has(:checked){outline:2px solid Highlight}}
"""
)
