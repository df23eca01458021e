# What ./start and ./check share: finding and installing the tools. Sourced, not run.
#
# Tools of ours go into a folder of their own, so that nothing that the machine already has is replaced.
# Each function is safe to call again and does nothing when there is nothing to do.

tools="${FENGQIAO_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fengqiao/tools}"
export PATH="$tools/bin:$PWD/node_modules/.bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

# The oldest browsers that the pages are made for: what is newer in script and style is put in their words.
browsers=chrome96,edge96,firefox115,safari15
# What the compiler uses of WebAssembly, and these browsers know.
wasm_features=(--enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int
  --enable-reference-types --enable-sign-ext)

steps_done=0
step_since=0
missing=()

# step 中文 English: the next step begins; says how long the one before took.
step() {
  step_ends
  steps_done=$((steps_done + 1))
  step_since=$SECONDS
  printf '\n[%d/%d] %s / %s\n' "$steps_done" "$steps_all" "$1" "$2"
}

step_ends() {
  if [ "$steps_done" -gt 0 ]; then
    printf '      %d 秒 / %d s\n' $((SECONDS - step_since)) $((SECONDS - step_since))
  fi
}

say() { printf '      %s / %s\n' "$1" "$2"; }

# fail 中文 English: says what is needed and could not be got, and ends.
fail() {
  printf '\n未能完成：%s\nCould not go on: %s\n' "$1" "$2" >&2
  exit 1
}

# lacking 中文 English: notes what is done without; said again at the end.
lacking() {
  missing+=("$1 / $2")
  say "缺少：$1" "missing: $2"
}

have() { command -v "$1" >/dev/null 2>&1; }

# packages COMMAND-OR-FILE=PACKAGE...: asks Debian's package manager for what is not there yet.
packages() {
  local pair wanted=() become=()
  for pair in "$@"; do
    have "${pair%%=*}" || [ -e "${pair%%=*}" ] || wanted+=("${pair#*=}")
  done
  [ "${#wanted[@]}" -gt 0 ] || return 0
  have apt-get || { lacking "系统软件包 ${wanted[*]}（没有 apt-get）" "packages ${wanted[*]} (no apt-get)"; return 0; }
  if [ "$(id -u)" -ne 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then
      become=(sudo -n)
    else
      lacking "系统软件包 ${wanted[*]}（需要管理员执行 apt-get install）" "packages ${wanted[*]} (an administrator must apt-get install them)"
      return 0
    fi
  fi
  say "安装系统软件包 ${wanted[*]}" "installing packages ${wanted[*]}"
  if ! { "${become[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${become[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; } </dev/null; then
    lacking "系统软件包 ${wanted[*]}（apt-get 未成功）" "packages ${wanted[*]} (apt-get did not succeed)"
  fi
}

# cargo_tool NAME VERSION [option...]: a command written in Rust, in exactly that version.
cargo_tool() {
  local name="$1" version="$2"
  shift 2
  say "安装 $name $version，首次需要几分钟" "installing $name $version, some minutes the first time"
  if have cargo-binstall && cargo binstall --no-confirm --root "$tools" "$name@$version" </dev/null; then
    return 0
  fi
  # Tools are used for seconds: what counts is how long they take to build.
  CARGO_TARGET_DIR="$tools/build" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --root "$tools" --version "$version" "$@" "$name" </dev/null ||
    fail "无法安装 $name $version（需要能访问 crates.io）" "$name $version could not be installed (crates.io must be reachable)"
  rm -rf "$tools/build"
}

# What building the pages and the server needs.
install_build_tools() {
  have cargo || fail "没有 Rust：请先按 https://rustup.rs 安装 stable" "no Rust: install stable from https://rustup.rs first"
  { have node && have npm; } || fail "没有 Node.js：请先安装（20 或更高）" "no Node.js: install it first (20 or newer)"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
    fail "Node.js 版本太低（$(node -v)），需要 20 或更高" "Node.js is too old ($(node -v)): 20 or newer is needed"
  packages cc=gcc
  have cc || fail "没有 C 编译器（Debian：apt-get install gcc libc6-dev）" "no C compiler (Debian: apt-get install gcc libc6-dev)"
  if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
    have rustup && rustup target add wasm32-unknown-unknown ||
      fail "无法加装 wasm32-unknown-unknown 编译目标" "the target wasm32-unknown-unknown could not be added"
  fi
  local bindgen
  bindgen="$(sed -n 's/^wasm-bindgen = "=\([0-9.]*\)".*/\1/p' Cargo.toml)"
  [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $bindgen" ] || cargo_tool wasm-bindgen-cli "$bindgen"
  node_parts .
}

# node_parts FOLDER: the parts from npm, when the list has changed since the last time.
node_parts() {
  if [ ! -e "$1/node_modules/.package-lock.json" ] || [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; then
    say "安装 npm 部件（$1）" "installing npm parts ($1)"
    (cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error </dev/null) ||
      fail "npm ci 未成功（需要能访问 npm 源）" "npm ci did not succeed (the npm registry must be reachable)"
    touch "$1/node_modules/.package-lock.json"
  fi
}

# Pages and style sheet, as they are installed, each beside its compressed twins. One entry for the room, one for its
# video link, one for the equipment check, one for all other pages (app/hydrate/entries); all from one compilation. The compiler has already made them
# small; what makes them smaller still leaves less for the compression to find.
build_pages() {
  local site=target/site entry
  local built="${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/wasm-release/examples"
  cargo build --profile wasm-release --target wasm32-unknown-unknown -p hydrate --examples </dev/null || return
  rm -rf "$site" && mkdir -p "$site/pkg" && cp -R public/. "$site" || return
  for entry in room link check pages; do
    wasm-bindgen --target web --no-typescript --out-dir "$site/pkg" --out-name "$entry" "$built/$entry.wasm" &&
      wasm-opt -O1 --duplicate-function-elimination --dae-optimizing --dce --rse --vacuum --merge-blocks --remove-unused-brs \
        --duplicate-import-elimination --remove-unused-module-elements --dae-optimizing --duplicate-function-elimination \
        --reorder-locals --strip-producers --strip-target-features \
        "${wasm_features[@]}" "$site/pkg/${entry}_bg.wasm" -o "$site/pkg/$entry.wasm" &&
      rm "$site/pkg/${entry}_bg.wasm" &&
      esbuild --log-level=warning --minify --format=esm --target="$browsers" --allow-overwrite \
        --outfile="$site/pkg/$entry.js" "$site/pkg/$entry.js" || return
  done
  for entry in room link check pages; do
    sass --no-source-map "style/entries/$entry.scss" "$site/pkg/$entry.css" &&
      esbuild --log-level=warning --minify --target="$browsers" --allow-overwrite \
        --outfile="$site/pkg/$entry.css" "$site/pkg/$entry.css" || return
  done
  node scripts/compress.mjs "$site"
}

# The server, as it is installed. With the features of the whole workspace, so that tests compile nothing twice.
build_server() { cargo build --release --workspace --exclude hydrate --bins </dev/null; }

# The server's binary once it is built.
server_binary() { realpath "${CARGO_TARGET_DIR:-target}/release/fengqiao"; }
