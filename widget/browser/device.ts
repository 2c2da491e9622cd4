const browsers = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrom(e|ium)/", "Chrome"], ["Safari/", "Safari"]] as const;
const systems = [["Windows", "Windows"], ["Android", "Android"], ["iPhone|iPad", "iOS"], ["Mac OS X", "macOS"], ["CrOS", "ChromeOS"], ["Linux", "Linux"]] as const;

/** What a person will recognise in the list of devices: "Chrome on Windows". */
export function deviceName(userAgent: string): string {
  const named = (list: typeof browsers | typeof systems): string | undefined =>
    list.find(([sign]) => RegExp(sign).test(userAgent))?.[1];
  const system = named(systems);
  return (named(browsers) ?? "Browser") + (system ? ` on ${system}` : "");
}
