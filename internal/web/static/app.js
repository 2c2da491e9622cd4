// What a script adds to the pages, which all work without it: they update by themselves,
// the clock runs, a press counts at once, charts show their numbers, and another time zone is noticed.

import { startFollowing } from "./live.js"
import { startPressing } from "./press.js"
import { startTips } from "./tips.js"
import { offerZone } from "./zone.js"

startTips()
startFollowing()
startPressing()
offerZone()
