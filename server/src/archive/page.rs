//! The frame of a page in the case file: readable in any browser, offline, for as long as there are browsers.

use maud::{DOCTYPE, Markup, html};

/// Written for print as GB/T 9704 asks: A4, 37/26/35/28 mm.
const STYLE: &str = "\
@page{size:A4;margin:37mm 26mm 35mm 28mm}\
body{max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1f2329;line-height:1.75;\
font-family:\"Songti SC\",\"SimSun\",\"Noto Serif CJK SC\",serif;font-size:1.0625rem}\
h1{text-align:center;letter-spacing:.35em;font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #c3cad3;padding:.3rem .6rem;text-align:left;\
vertical-align:top}th{white-space:nowrap;font-weight:600}\
ol.lines{list-style:none;margin:0;padding:0}ol.lines li{display:grid;grid-template-columns:3rem 5rem minmax(0,1fr);\
padding:.2rem 0;break-inside:avoid}ol.lines .n,ol.lines time{color:#4e5969;font-size:.85rem}\
p,li,td,th,h1,h2{overflow-wrap:anywhere}ol.lines,td,p{white-space:pre-line}del{color:#b42318}ins{color:#146c2e}.digest{word-break:break-all;font-family:monospace;font-size:.85rem}\
@media print{body{margin:0;max-width:none}}";

/// A page with a title.
pub(super) fn frame(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
    .into_string()
}
