// The parts of the page; each takes one answer and gives one section.

import type {
  Cap,
  ChannelsAnswer,
  CutAnswer,
  DayAnswer,
  FreshnessAnswer,
  Group,
  IntakeAnswer,
  Shares,
  TrendAnswer,
  TrendDay,
} from "./api_types";
import { COLOURS, drawSeries, drawShares } from "./charts";
import type { ChartText, Series } from "./charts";
import { make, makeTable } from "./dom";
import type { Child } from "./dom";
import { MISSING } from "./format";
import type { Format } from "./format";
import type { Words } from "./words";

export interface Reader {
  words: Words;
  format: Format;
}

const ORDINARY = "ordinary";
const PARCEL = "parcel";

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return make(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    make("h2", { id: `${id}-title` }, title),
    ...children,
  );
}

export function note(text: string, kind = "note"): HTMLElement {
  return make("p", { class: kind }, text);
}

/** What a reader must know before any number: age, gaps. */
export function showNotices({ words, format }: Reader, cut: CutAnswer): HTMLElement {
  const notices: Child[] = [];
  if (cut.freshness === "late" && cut.newest_at !== null)
    notices.push(
      note(
        words.late(
          format.time(cut.newest_at),
          format.age(cut.newest_at, cut.now),
          format.count(cut.expected_hours),
        ),
        "warning",
      ),
    );
  if (cut.missing_tables.length > 0)
    notices.push(note(words.missing(cut.missing_tables.join(", ")), "warning"));
  if (cut.days.length === 0) notices.push(note(words.emptyDays, "warning"));
  return make("div", { role: "status", id: "notices" }, ...notices);
}

interface Totals {
  count: number;
  cleared: number;
  value: bigint;
  tax: bigint;
  untaxed: number;
}

function totals(groups: Group[], stream: string | null, direction: string | null): Totals {
  const sum: Totals = { count: 0, cleared: 0, value: 0n, tax: 0n, untaxed: 0 };
  for (const group of groups) {
    if (stream !== null && group.stream_code !== stream) continue;
    if (direction !== null && group.direction_code !== direction) continue;
    sum.count += group.declaration_count;
    sum.cleared += group.cleared_count;
    sum.value += BigInt(group.customs_value_vnd ?? "0");
    sum.tax += BigInt(group.tax_total_vnd ?? "0");
    sum.untaxed += group.declaration_count - group.with_tax_count;
  }
  return sum;
}

export function showDay(reader: Reader, answer: DayAnswer): HTMLElement {
  const { words, format } = reader;
  if (answer.groups.length === 0) return section("day", words.dayTable, note(words.noData));
  const of = (groups: Group[]) => ({
    imports: totals(groups, ORDINARY, "import"),
    exports: totals(groups, ORDINARY, "export"),
    low: totals(groups, PARCEL, null),
    all: totals(groups, null, null),
  });
  const now = of(answer.groups);
  const before = of(answer.previous_groups);
  const tile = (title: string, shown: string, unit: string, change: string | null, more: string) =>
    make(
      "div",
      { class: "tile" },
      make("h3", {}, title),
      make("p", { class: "big" }, shown, unit ? make("span", { class: "unit" }, ` ${unit}`) : null),
      make(
        "p",
        { class: "small" },
        answer.previous_day === null || change === null
          ? words.noPrevious
          : words.against(change, format.date(answer.previous_day)),
      ),
      make("p", { class: "small" }, more),
    );
  const counted = (title: string, mine: Totals, then: Totals) =>
    tile(
      title,
      format.count(mine.count),
      "",
      format.change(mine.count, then.count),
      words.cleared(format.count(mine.cleared)),
    );
  const money = (title: string, mine: bigint, then: bigint, more: string) =>
    tile(title, format.billions(String(mine)), words.billion, format.change(Number(mine), Number(then)), more);
  return section(
    "day",
    `${words.day} ${format.date(answer.day)}`,
    make(
      "div",
      { class: "tiles" },
      counted(words.imports, now.imports, before.imports),
      counted(words.exports, now.exports, before.exports),
      counted(words.lowValue, now.low, before.low),
      money(words.value, now.all.value, before.all.value, `${format.money(String(now.all.value))} VND`),
      money(
        words.tax,
        now.all.tax,
        before.all.tax,
        now.all.untaxed > 0
          ? words.untaxed(format.count(now.all.untaxed))
          : `${format.money(String(now.all.tax))} VND`,
      ),
    ),
    folded(words.asTable, dayTable(reader, answer.groups)),
  );
}

function dayTable({ words, format }: Reader, groups: Group[]): HTMLElement {
  return makeTable(
    words.dayTable,
    [
      { title: words.stream },
      { title: words.direction },
      { title: words.declarations, numeric: true },
      { title: words.clearedCount, numeric: true },
      { title: words.valueVnd, numeric: true },
      { title: words.taxVnd, numeric: true },
    ],
    groups.map((group) => [
      words.streams[group.stream_code] ?? group.stream_code,
      words.directions[group.direction_code] ?? group.direction_code,
      format.count(group.declaration_count),
      format.count(group.cleared_count),
      format.money(group.customs_value_vnd),
      format.money(group.tax_total_vnd),
    ]),
  );
}

const DIRECTIONS = ["import", "export", "both"];

export function showChannels(reader: Reader, answer: ChannelsAnswer): HTMLElement {
  const { words } = reader;
  if (answer.shares.length === 0) return section("channels", words.channels, note(words.noData));
  const ordinary = DIRECTIONS.map((direction) =>
    answer.shares.find((one) => one.stream_code === ORDINARY && one.direction_code === direction),
  );
  const figure = makeFigure(words.channelsNote);
  const capOf = (code: string) =>
    answer.caps.find((cap) => cap.stream_code === ORDINARY && cap.channel_code === code);
  const [yellow, red] = [capOf("2"), capOf("3")];
  drawShares(
    figure,
    DIRECTIONS.map((direction) => words.directions[direction] ?? direction),
    [
      {
        title: words.yellow,
        colour: COLOURS.yellow,
        shares: ordinary.map((one) => one?.yellow_share ?? null),
        cap: yellow?.cap_share ?? null,
      },
      {
        title: words.red,
        colour: COLOURS.red,
        shares: ordinary.map((one) => one?.red_share ?? null),
        cap: red?.cap_share ?? null,
      },
    ],
    percentText(reader),
  );
  label(figure, channelsAloud(reader, ordinary[2], yellow, red));
  return section(
    "channels",
    words.channels,
    figure,
    capList(reader, answer),
    folded(words.asTable, sharesTable(reader, answer)),
  );
}

function channelsAloud(
  { words, format }: Reader,
  both: Shares | undefined,
  yellow: Cap | undefined,
  red: Cap | undefined,
): string {
  const said = (name: string, share: number | null | undefined, cap: Cap | undefined) =>
    `${name} ${format.percent(share ?? null)}, ${words.cap} ${format.percent(cap?.cap_share ?? null)}`;
  return `${words.channels}: ${said(words.yellow, both?.yellow_share, yellow)}; ${said(words.red, both?.red_share, red)}`;
}

function capList({ words, format }: Reader, answer: ChannelsAnswer): HTMLElement {
  if (!answer.caps_known) return note(words.capsMissing, "warning");
  if (answer.caps.length === 0) return note(words.noCap, "warning");
  const items = answer.caps.map((cap) => {
    const both = answer.shares.find(
      (one) => one.stream_code === cap.stream_code && one.direction_code === "both",
    );
    const share = cap.channel_code === "2" ? both?.yellow_share : both?.red_share;
    const isOver = share !== null && share !== undefined && share > cap.cap_share;
    return make(
      "li",
      {},
      make("strong", {}, words.channelNames[cap.channel_code] ?? cap.channel_code),
      `: ${words.share.toLowerCase()} ${format.percent(share ?? null)}, ${words.cap.toLowerCase()} ${format.percent(cap.cap_share)} `,
      make("span", { class: isOver ? "state late" : "state fresh" }, isOver ? words.over : words.within),
      make(
        "span",
        { class: "basis" },
        `${words.basis}: ${cap.legal_basis}; ${words.validFrom(
          format.date(cap.valid_from),
          cap.valid_to === null ? null : format.date(cap.valid_to),
        )}. `,
        cap.is_sample ? sampleMark(words) : null,
      ),
    );
  });
  const window = Math.max(...answer.caps.map((cap) => cap.window_count));
  return make(
    "div",
    {},
    make("ul", { class: "caps" }, ...items),
    note(words.window(format.count(window))),
  );
}

function sampleMark(words: Words): HTMLElement {
  return make("strong", { class: "sample" }, words.sample);
}

function sharesTable({ words, format }: Reader, answer: ChannelsAnswer): HTMLElement {
  const counted = (count: number, share: number | null) => `${format.count(count)} (${format.percent(share)})`;
  return makeTable(
    words.channels,
    [
      { title: words.stream },
      { title: words.direction },
      { title: words.declarations, numeric: true },
      { title: words.green, numeric: true },
      { title: words.yellow, numeric: true },
      { title: words.red, numeric: true },
      { title: words.undecided, numeric: true },
      { title: words.moved, numeric: true },
    ],
    answer.shares.map((one) => [
      words.streams[one.stream_code] ?? one.stream_code,
      words.directions[one.direction_code] ?? one.direction_code,
      format.count(one.declaration_count),
      counted(one.green_count, one.green_share),
      counted(one.yellow_count, one.yellow_share),
      counted(one.red_count, one.red_share),
      format.count(one.undecided_count),
      format.count(one.moved_count),
    ]),
  );
}

export function showTrend(reader: Reader, answer: TrendAnswer, caps: Cap[]): HTMLElement {
  const { words, format } = reader;
  const first = answer.days.findIndex((day) => day.import_count !== null);
  const days = first < 0 ? [] : answer.days.slice(first);
  if (days.length === 0) return section("trend", words.trend("30"), note(words.noData));
  const labels = days.map((day) => format.shortDate(day.day));
  const capOf = (code: string) =>
    caps.find((cap) => cap.stream_code === ORDINARY && cap.channel_code === code)?.cap_share ?? null;
  const counts: ChartText = { number: (value) => format.count(value), cap: words.cap };
  const billions: ChartText = { number: (value) => format.tenths(value), cap: words.cap };
  const bar = (name: string, colour: string, value: (day: TrendDay) => number | null): Series => ({
    name,
    colour,
    kind: "bar",
    values: days.map(value),
  });
  const inBillions = (text: string | null) => (text === null ? null : Number(text) / 1e9);
  const panel = (title: string, text: ChartText, series: Series[], isFull = false) => {
    const figure = makeFigure(title);
    if (isFull) figure.className = "full";
    drawSeries(figure, labels, series, text, isFull);
    label(figure, title);
    return figure;
  };
  const line = (name: string, colour: string, value: (day: TrendDay) => number | null, cap: number | null): Series => ({
    ...bar(name, colour, value),
    kind: "line",
    cap,
  });
  return section(
    "trend",
    words.trend(format.count(days.length)),
    make(
      "div",
      { class: "panels" },
      panel(words.trendDeclarations, counts, [
        { ...bar(words.directions.import ?? "", COLOURS.import, (day) => day.import_count), stack: "all" },
        { ...bar(words.directions.export ?? "", COLOURS.export, (day) => day.export_count), stack: "all" },
      ]),
      panel(words.trendLowValue, counts, [bar(words.lowValue, COLOURS.low, (day) => day.low_value_count)]),
      panel(words.trendValue, billions, [
        bar(words.value, COLOURS.value, (day) => inBillions(day.customs_value_vnd)),
      ]),
      panel(words.trendTax, billions, [bar(words.tax, COLOURS.tax, (day) => inBillions(day.tax_total_vnd))]),
      panel(words.trendShares, percentText(reader), [
        line(words.yellow, COLOURS.yellow, (day) => day.yellow_share, capOf("2")),
        line(words.red, COLOURS.red, (day) => day.red_share, capOf("3")),
      ], true),
    ),
    folded(words.asTable, trendTable(reader, days)),
  );
}

function trendTable({ words, format }: Reader, days: TrendDay[]): HTMLElement {
  return makeTable(
    words.trend(format.count(days.length)),
    [
      { title: words.day },
      { title: words.imports, numeric: true },
      { title: words.exports, numeric: true },
      { title: words.lowValue, numeric: true },
      { title: words.valueVnd, numeric: true },
      { title: words.taxVnd, numeric: true },
      { title: words.yellow, numeric: true },
      { title: words.red, numeric: true },
    ],
    [...days]
      .reverse()
      .map((day) => [
        format.date(day.day),
        format.count(day.import_count),
        format.count(day.export_count),
        format.count(day.low_value_count),
        format.money(day.customs_value_vnd),
        format.money(day.tax_total_vnd),
        format.percent(day.yellow_share),
        format.percent(day.red_share),
      ]),
  );
}

export function showIntake({ words, format }: Reader, answer: IntakeAnswer): HTMLElement {
  const both = (all: number, last: number) => `${format.count(all)} (${format.count(last)})`;
  return section(
    "intake",
    words.intake,
    makeTable(
      words.intakeNote,
      [
        { title: words.source },
        { title: words.messages, numeric: true },
        { title: words.accepted, numeric: true },
        { title: words.rejected, numeric: true },
        { title: words.pending, numeric: true },
      ],
      answer.sources.map((one) => [
        one.source_code,
        both(one.message_count, one.last_message_count),
        format.count(one.accepted_count),
        both(one.rejected_count, one.last_rejected_count),
        format.count(one.pending_count),
      ]),
    ),
    answer.rejections.length === 0
      ? note(words.noRejections)
      : makeTable(
          words.reasons,
          [{ title: words.code }, { title: words.reason }, { title: words.source }, { title: words.count, numeric: true }],
          answer.rejections.map((one) => [
            make("code", {}, one.rejection_code),
            format.language === "vi" ? one.reason_vi : one.reason_en,
            one.source_code,
            format.count(one.rejected_count),
          ]),
        ),
  );
}

export function showFreshness({ words, format }: Reader, answer: FreshnessAnswer): HTMLElement {
  const title = (one: { title_vi: string; title_en: string }) =>
    format.language === "vi" ? one.title_vi : one.title_en;
  const state = (freshness: string) =>
    make("span", { class: `state ${freshness}` }, words.states[freshness] ?? freshness);
  const promised = (hours: number | null) => (hours === null ? MISSING : words.hours(format.count(hours)));
  const named = (one: { title_vi: string; title_en: string }, name: string) =>
    make("span", {}, title(one), " ", make("code", {}, name));
  return section(
    "freshness",
    words.freshness,
    makeTable(
      words.sources,
      [
        { title: words.source },
        { title: words.state },
        { title: words.newest },
        { title: words.age, numeric: true },
        { title: words.promised, numeric: true },
        { title: words.pending, numeric: true },
      ],
      answer.sources.map((one) => [
        named(one, one.source),
        state(one.freshness),
        format.time(one.newest_at),
        format.age(one.newest_at, answer.now),
        promised(one.expected_hours),
        format.count(one.pending),
      ]),
    ),
    showLayers({ words, format }, answer),
    folded(
      words.eachTable(format.count(answer.tables.length)),
      makeTable(
        words.tables,
        [
          { title: words.table },
          { title: words.state },
          { title: words.newest },
          { title: words.age, numeric: true },
          { title: words.promised, numeric: true },
          { title: words.newestDate },
          { title: words.rows, numeric: true },
        ],
        answer.tables.map((one) => {
          const newest = one.newest_at ?? one.updated_at;
          return [
            named(one, one.name),
            state(one.freshness),
            format.time(newest),
            format.age(newest, answer.now),
            promised(one.expected_hours),
            format.date(one.newest_date),
            format.count(one.rows),
          ];
        }),
      ),
    ),
  );
}

/** How many tables of each layer are in each state; each one by itself is a click away. */
function showLayers({ words, format }: Reader, answer: FreshnessAnswer): HTMLElement {
  const layers = Object.keys(words.layerTitles)
    .map((layer) => ({ layer, tables: answer.tables.filter((one) => one.name.startsWith(`${layer}.`)) }))
    .filter(({ tables }) => tables.length > 0);
  const states = Object.keys(words.states);
  return makeTable(
    words.layers,
    [
      { title: words.layer },
      { title: words.tableCount, numeric: true },
      ...states.map((one) => ({ title: words.states[one] ?? one, numeric: true })),
      { title: words.oldest },
    ],
    layers.map(({ layer, tables }) => [
      make("span", {}, words.layerTitles[layer] ?? layer, " ", make("code", {}, layer)),
      format.count(tables.length),
      ...states.map((state) => format.count(tables.filter((one) => one.freshness === state).length)),
      format.time(oldestOf(tables)),
    ]),
  );
}

/** The table that has waited longest for news, among those that must be fresh. */
function oldestOf(tables: FreshnessAnswer["tables"]): string | null {
  const moments = tables
    .filter((one) => one.expected_hours !== null)
    .map((one) => one.newest_at ?? one.updated_at)
    .filter((one) => one !== null);
  return moments.sort()[0] ?? null;
}


function percentText({ words, format }: Reader): ChartText {
  return { number: (value) => format.percent(value), cap: words.cap };
}

function makeFigure(caption: string): HTMLElement {
  return make("figure", {}, make("figcaption", {}, caption));
}

function label(figure: HTMLElement, text: string): void {
  const box = figure.querySelector(".chart-box");
  box?.setAttribute("role", "img");
  box?.setAttribute("aria-label", text);
}

function folded(title: string, table: HTMLElement): HTMLElement {
  return make("details", {}, make("summary", {}, title), table);
}
