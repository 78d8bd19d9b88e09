// Numbers and dates as readers of each language write them, in Viet Nam's time.

export type Language = "vi" | "en";

const ZONE = "Asia/Ho_Chi_Minh";
const LOCALE: Record<Language, string> = { vi: "vi-VN", en: "en-GB" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const MISSING = "–";

export class Format {
  private readonly whole: Intl.NumberFormat;
  private readonly tenth: Intl.NumberFormat;
  private readonly upToTenth: Intl.NumberFormat;
  private readonly moment: Intl.DateTimeFormat;

  constructor(readonly language: Language) {
    const locale = LOCALE[language];
    this.whole = new Intl.NumberFormat(locale, { useGrouping: true });
    this.tenth = new Intl.NumberFormat(locale, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
      useGrouping: true,
    });
    this.upToTenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, useGrouping: true });
    this.moment = new Intl.DateTimeFormat(locale, {
      timeZone: ZONE,
      day: "2-digit",
      month: "2-digit",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  }

  count(value: number | null): string {
    return value === null ? MISSING : this.whole.format(value);
  }

  /** VND exactly: text from the service, never through a float. */
  money(value: string | null): string {
    return value === null ? MISSING : this.whole.format(BigInt(value));
  }

  /** VND in billions, one decimal. */
  billions(value: string | number | null): string {
    return value === null ? MISSING : this.tenth.format(Number(value) / 1e9);
  }

  tenths(value: number): string {
    return this.upToTenth.format(value);
  }

  percent(share: number | null): string {
    if (share === null) return MISSING;
    const text = this.tenth.format(share * 100);
    return this.language === "vi" ? `${text} %` : `${text}%`;
  }

  /** A change with its sign; null where there is nothing to compare with. */
  change(now: number, before: number): string | null {
    if (before === 0) return null;
    const share = now / before - 1;
    const sign = share > 0 ? "+" : share < 0 ? "−" : "±";
    return sign + this.percent(Math.abs(share));
  }

  /** dd/MM/yyyy of a business date as the service writes it. */
  date(day: string | null): string {
    if (day === null) return MISSING;
    const [year, month, date] = day.split("-");
    return `${date}/${month}/${year}`;
  }

  shortDate(day: string): string {
    return this.date(day).slice(0, 5);
  }

  time(moment: string | null): string {
    if (moment === null) return MISSING;
    const parts = Object.fromEntries(
      this.moment.formatToParts(new Date(moment)).map((part) => [part.type, part.value]),
    );
    return `${parts.day}/${parts.month}/${parts.year} ${parts.hour}:${parts.minute}`;
  }

  /** How long ago, in the two largest units. */
  age(moment: string | null, now: string): string {
    if (moment === null) return MISSING;
    const past = Math.max(0, new Date(now).getTime() - new Date(moment).getTime());
    const days = Math.floor(past / DAY);
    const hours = Math.floor((past % DAY) / HOUR);
    const minutes = Math.floor((past % HOUR) / MINUTE);
    const [d, h, m] = this.language === "vi" ? ["ngày", "giờ", "phút"] : ["d", "h", "min"];
    if (days > 0) return `${this.count(days)} ${d} ${hours} ${h}`;
    if (hours > 0) return `${hours} ${h} ${minutes} ${m}`;
    return `${minutes} ${m}`;
  }
}
