import { sheet } from '../page/dom'

export const STAGE = sheet(`
:host(:dir(rtl)){--dir:rtl}
.pictures{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:0 10px;background:inherit;direction:ltr}
.frame[data-place]{aspect-ratio:16/9;inline-size:100%}
.frame[data-place=main]{max-block-size:max(280px,100svh - var(--around,18rem) - var(--row,196px))}
.frame[data-place=quarter]{max-block-size:max(140px,(100svh - var(--around,18rem) - var(--row,196px) - 10px)/2)}
.pictures.alone{--row:0px}
.frame[data-place=main]{grid-column:1/-1;grid-row:1}
.frame[data-place=left]{grid-column:1/7;grid-row:1;align-self:center}
.frame[data-place=right]{grid-column:7/-1;grid-row:1;align-self:center}
.frame[data-place=inset]{inline-size:calc(100% - 24px);grid-column:9/-1;grid-row:1;align-self:start;margin:12px;border-radius:10px;box-shadow:0 4px 20px #000a,0 0 0 1px #fff3;z-index:2}
.frame[data-place=quarter][data-line='2'],.frame[data-place=thumb],.tile{margin-block-start:10px}
.frame[data-place=thumb],.tile{max-block-size:128px;inline-size:100%}
.frame[data-place=thumb]{border-radius:10px}
.frame[data-place=thumb] .veil{padding:0}
.frame[data-place=thumb] .veil>:not(.turn){display:none}
.frame[data-place=thumb] .notice,.frame.off[data-place=thumb] .turn{display:none}
.frame.mirrored video{transform:scaleX(-1)}
.name{position:absolute;left:8px;inset-block-start:8px;color:#fff;font-size:13px;line-height:1.4;padding:2px 10px;border-radius:99px;background:#000b;pointer-events:none;z-index:1}
.frame:is([data-place=left],[data-place=right],[data-place=quarter],[data-place=inset]) .notice{inset-block-start:40px}
.frame[data-place=main] .name,.frame[data-place=thumb] .name{display:none}
.pictures>.bar{grid-column:1/-1;grid-row:1;border-radius:0 0 14px 14px}
.pictures.four>.bar{grid-row:2}
.pictures.two>.bar{grid-row:2;background:#000;padding:4px 8px;margin-block-start:6px;border-radius:10px}
.pictures.two>.bar.away{opacity:1;pointer-events:auto}
.tile{padding:0;min-block-size:44px;border:0;border-radius:10px;background:#0000;position:relative;overflow:hidden;z-index:1;aspect-ratio:16/9;display:block;outline:1px solid var(--line,#24312e);outline-offset:-1px}
.tile canvas{position:absolute;inset:0;inline-size:100%;block-size:100%;object-fit:contain;background:#000}
.tile span{position:absolute;inset-block-end:0;inset-inline:0;padding:14px 8px 5px;text-align:left;color:#fff;font-size:12px;line-height:1.2;text-shadow:0 1px 2px #000;background:linear-gradient(#0000,#000a);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.tile[aria-pressed=true]{outline:2px solid var(--accent,#2dd4bf);outline-offset:-2px;color:inherit}
.tile:focus-visible{outline:3px solid var(--accent,#2dd4bf);outline-offset:2px}
.layouts{display:flex;gap:6px;flex-wrap:wrap;margin-block-start:10px}
.layouts button{font-size:14px}
.layouts button.plain{min-inline-size:44px}
.empty{aspect-ratio:16/9;display:grid;place-content:center;text-align:center;background:#000;color:#fff;border-radius:14px;padding:24px;text-wrap:balance}
.pictures:fullscreen{grid-template-rows:minmax(0,1fr);background:#000;gap:0;padding:0}
.pictures:fullscreen .frame{aspect-ratio:auto;max-block-size:none;border-radius:0;block-size:100%}
.pictures:fullscreen.four{grid-template-rows:repeat(2,minmax(0,1fr));gap:4px}
.pictures:fullscreen .frame[data-place=inset]{block-size:auto;aspect-ratio:16/9;border-radius:10px}
.pictures:fullscreen .frame[data-place=thumb],.pictures:fullscreen .tile{display:none}
.pictures:fullscreen>.bar{border-radius:0}
.pictures:fullscreen.two>.bar{grid-row:1;background:linear-gradient(#0000,#000c 60%);margin:0}
.pictures:fullscreen.two>.bar.away{opacity:0;pointer-events:none}
@media (max-width:860px){
.pictures{gap:0 6px}
.frame[data-place=quarter][data-line='2'],.frame[data-place=thumb],.tile{margin-block-start:6px}
.pictures:not(:fullscreen)>.bar,.pictures.four:not(:fullscreen)>.bar{grid-row:3;background:#000;padding:2px 4px;margin:0;border-radius:0}
.pictures:not(:fullscreen)>.bar.away{opacity:1;pointer-events:auto}
.veil{padding-block-end:16px}
.frame[data-place=main],.frame[data-place=left],.frame[data-place=right],.frame[data-place=quarter]{border-radius:0}
.layouts{padding-inline:12px}
.layouts .text{display:none}
.layouts.pair{inline-size:max-content;margin-left:auto;position:relative;margin-block-start:-44px;z-index:1}
}
`)
