#!/bin/bash
# Installs a zip in an empty user folder and has gui_driver.py work its panel in a window of a virtual screen.
#
#   tests/blender/gui_run.sh ZIP OUT [STEP ...]     both inside the current folder; needs blender, Xvfb, xdotool, ImageMagick
set -euo pipefail
zip=$(realpath "$1")
out=$(realpath -m "$2")
shift 2
rm -rf "$out"
mkdir -p "$out/user" "$out/bin"
printf '#!/bin/sh\necho "$1" > "%s/opened"\n' "$out" > "$out/bin/xdg-open"  # in place of the system's file browser
chmod +x "$out/bin/xdg-open"
export PATH="$out/bin:$PATH"
export BLENDER_USER_RESOURCES="$out/user"
blender -b --command extension install-file --repo user_default --enable "$zip"
blender -b --python-exit-code 1 --python-expr "
import bpy
bpy.context.preferences.view.show_splash = False
bpy.ops.wm.save_userpref()"
exec xvfb-run -a -s "-screen 0 1280x800x24" \
    blender --window-geometry 0 0 1280 800 --python tests/blender/gui_driver.py -- "$out" "$@"
