// Makes the pictures of docs/screenshots/ instead of testing.

import base from "./playwright.config";

export default { ...base, testMatch: "screenshots.ts" };
