#!/bin/sh
# Makes charts.js.br from the packages on npm. Needs Node. See README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
: > charts.js
for package in vega@6.4.0 vega-lite@6.5.0 vega-embed@7.3.0; do
  name=${package%@*}
  version=${package#*@}
  npm pack --silent "$package" > /dev/null
  tar xzf "$name-$version.tgz"
  sha256sum "package/build/$name.min.js"
  printf '/* %s %s, BSD-3-Clause */\n' "$name" "$version" >> charts.js
  sed '/^\/\/# sourceMappingURL=/d' "package/build/$name.min.js" >> charts.js
  rm -r package
done
node -e '
const fs = require("fs"), zlib = require("zlib"), b = zlib.constants, data = fs.readFileSync("charts.js");
const params = { [b.BROTLI_PARAM_QUALITY]: 11, [b.BROTLI_PARAM_LGWIN]: 24, [b.BROTLI_PARAM_SIZE_HINT]: data.length };
fs.writeFileSync(process.argv[1], zlib.brotliCompressSync(data, { params }));' "$here/charts.js.br"
