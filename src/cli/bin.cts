#!/usr/bin/env node
// The pool's size counts before its first use, which loading an ES module already is: hence this small CommonJS door.
process.env.UV_THREADPOOL_SIZE ??= "16";
void import("./main.js");
