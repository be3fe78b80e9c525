// `node scripts/widget-images.mjs`: draws the pictures of the amoCRM archive anew, after the mark or the texts changed.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const FOLDER = new URL('../widgets/amocrm/images/', import.meta.url);
const MARK = `<svg viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1b62bd"/>
<circle cx="16" cy="16" r="9.5" fill="none" stroke="#fff" stroke-width="2.4"/>
<path d="m11.500 16.300 3.200 3.200 6-6.600" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
const MENU = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><circle cx="12" cy="12" r="9" /><path d="m8 12.300 2.800 2.800 5.200-5.800" /></svg>\n`;

const TOUR = {
  ru: {
    title: 'Что сейчас?',
    lead: 'Один следующий шаг в карточке каждой сделки, весь план до оплаты и честный ответ, почему не сделано.',
    step: 'Позвонить и согласовать встречу',
    due: 'сегодня, 15:00',
    done: 'Сделано',
    stages: ['Квалификация · 3 из 3', 'Встреча · 1 из 4', 'Предложение · впереди', 'Оплата · впереди'],
  },
  en: {
    title: 'What now?',
    lead: 'One next step in the card of every deal, the whole plan up to the payment, and an honest reason for what is not done.',
    step: 'Call and agree on a meeting',
    due: 'today, 15:00',
    done: 'Done',
    stages: ['Qualification · 3 of 3', 'Meeting · 1 of 4', 'Proposal · ahead', 'Payment · ahead'],
  },
};

const STYLE = `*{box-sizing:border-box;margin:0}body{font:16px/1.35 'PT Sans','Segoe UI',Roboto,'Noto Sans','DejaVu Sans',Arial,sans-serif;color:#2b3138}
.logo{width:100vw;height:100vh;display:flex;align-items:center;justify-content:center;background:#fff}
.logo svg{display:block}.word{font-weight:700;letter-spacing:-.02em}
.tour{width:100vw;height:100vh;padding:72px 80px;display:grid;grid-template-columns:1fr 420px;gap:88px;align-items:center;background:#eaf1fa}
.tour svg{width:64px}.tour h1{margin:28px 0 20px;font-size:60px;line-height:1.05}.tour p{font-size:24px;color:#4d5763}
.card{padding:24px;border-radius:6px;background:#fff;box-shadow:0 12px 40px rgb(20 40 70/18%);display:grid;gap:10px}
.now{padding:18px;border:1px solid #1b62bd;border-left-width:4px;border-radius:4px;display:grid;gap:12px}
.now b{font-size:22px;line-height:1.2}.now small{font-size:17px;color:#5a6370}
.now i{font-style:normal;justify-self:start;padding:9px 26px;border-radius:4px;background:#1b62bd;color:#fff;font-weight:600}
.row{padding:11px 14px;border:1px solid #dcdfe4;border-radius:4px;font-size:17px}`;

function logo(sizePx, word) {
  const text = word === 0 ? '' : `<span class="word" style="font-size:${word}px">Dozhim</span>`;
  return `<div class="logo" style="gap:${Math.round(word * 0.42)}px"><span style="width:${sizePx}px">${MARK}</span>${text}</div>`;
}

function tour({ title, lead, step, due, done, stages }) {
  const rows = stages.map((stage) => `<div class="row">${stage}</div>`).join('');
  return `<div class="tour"><div>${MARK}<h1>${title}</h1><p>${lead}</p></div>
<div class="card"><div class="now"><b>${step}</b><small>${due}</small><i>${done}</i></div>${rows}</div></div>`;
}

const PICTURES = [
  ['logo_main.png', 400, 272, logo(92, 60)],
  ['logo_small.png', 108, 108, logo(76, 0)],
  ['logo.png', 130, 100, logo(72, 0)],
  ['logo_medium.png', 240, 84, logo(48, 36)],
  ['logo_min.png', 84, 84, logo(60, 0)],
  ['logo_dp.png', 174, 109, logo(44, 26)],
  ['tour_ru.png', 1188, 616, tour(TOUR.ru)],
  ['tour_en.png', 1188, 616, tour(TOUR.en)],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
});
const page = await browser.newPage();
for (const [name, width, height, html] of PICTURES) {
  await page.setViewportSize({ width, height });
  await page.setContent(`<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${html}`);
  await page.screenshot({ path: fileURLToPath(new URL(name, FOLDER)) });
}
await browser.close();
await writeFile(new URL('menu.svg', FOLDER), MENU);
