// What a page does better with a script; without it only comfort is missing: the page
// follows what happens, the clock runs, charts tell their numbers, and another time zone
// is noticed.

import { startFollowing } from "./live.js"
import { startTips } from "./tips.js"
import { offerZone } from "./zone.js"

startTips()
startFollowing()
offerZone()
