"""Files of models as people have them, made by Blender: a chair of parts, a textured table, a library, an evil one."""

import json
import struct
from pathlib import Path

import bpy

PARTS = 6
"""Meshes of the chair, under an Empty."""
SIZE = (0.8, 0.9, 1.1)
"""Extents of the chair, metres."""


def new_file():
    """Nothing at all."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def material(name, colour=(0.8, 0.8, 0.8), picture=None):
    """A material of a colour, or of a picture on disk."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    base = tree.nodes["Principled BSDF"].inputs["Base Color"]
    base.default_value = (*colour, 1)
    if picture is not None:
        node = tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(str(picture))
        tree.links.new(node.outputs["Color"], base)
    return made


def box(name, centre, size, look, parent=None):
    """A box in the scene, metres."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=centre)
    obj = bpy.context.object
    obj.name, obj.scale, obj.parent = name, size, parent
    obj.data.materials.append(look)
    return obj


def chair():
    """A red chair with wooden legs: an Empty and six meshes; its back is at +Y."""
    root = bpy.data.objects.new("Armchair", None)
    bpy.context.scene.collection.objects.link(root)
    red, wood = material("red", (0.8, 0.02, 0.02)), material("wood", (0.3, 0.15, 0.05))
    box("Seat", (0, -0.05, 0.4), (0.8, 0.8, 0.2), red, root)
    box("Back", (0, 0.4, 0.8), (0.8, 0.1, 0.6), red, root)
    for x in (-0.35, 0.35):
        for y in (-0.35, 0.35):
            box("Leg", (x, y, 0.15), (0.06, 0.06, 0.3), wood, root)
    return root


def picture(path, colour, side=16):
    """A PNG of one colour, sRGB."""
    image = bpy.data.images.new(path.stem, side, side)
    image.pixels = [value for _ in range(side * side) for value in (*colour, 1)]
    image.filepath_raw, image.file_format = str(path), "PNG"
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save()
    bpy.data.images.remove(image)


def save(path):
    """Saves the open file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)


def make_chairs(folder):
    """The chair in every format, and in a .blend in centimetres, turned and far from the origin."""
    folder.mkdir(parents=True, exist_ok=True)
    new_file()
    root = chair()
    bpy.ops.export_scene.gltf(filepath=str(folder / "glb_armchair.glb"))
    bpy.ops.export_scene.gltf(filepath=str(folder / "gltf_armchair.gltf"), export_format="GLTF_SEPARATE")
    bpy.ops.export_scene.fbx(filepath=str(folder / "fbx_armchair.fbx"))
    bpy.ops.wm.obj_export(filepath=str(folder / "obj_armchair.obj"))
    bpy.ops.wm.ply_export(filepath=str(folder / "ply_armchair.ply"))
    bpy.ops.wm.stl_export(filepath=str(folder / "stl_armchair.stl"))
    root.scale, root.location = (100, 100, 100), (300, 500, 40)
    bpy.context.scene.unit_settings.scale_length = 0.01
    save(folder / "blend_armchair.blend")


def make_tables(folder):
    """A table with a green texture in ``textures``, in the formats that name other files."""
    picture(folder / "textures" / "green.png", (0.1, 0.7, 0.1))
    new_file()
    look = material("green", picture=folder / "textures" / "green.png")
    root = bpy.data.objects.new("Table", None)
    bpy.context.scene.collection.objects.link(root)
    box("Top", (0, 0, 0.72), (1.6, 0.9, 0.05), look, root)
    box("Foot", (0, 0, 0.35), (0.3, 0.3, 0.7), look, root)
    bpy.ops.export_scene.gltf(filepath=str(folder / "glb_table.glb"))
    bpy.ops.export_scene.gltf(
        filepath=str(folder / "gltf_table.gltf"), export_format="GLTF_SEPARATE", export_texture_dir="textures"
    )
    bpy.ops.export_scene.fbx(filepath=str(folder / "fbx_table.fbx"))
    bpy.ops.wm.obj_export(filepath=str(folder / "obj_table.obj"), path_mode="RELATIVE")
    save(folder / "blend_table.blend")


def make_library(folder):
    """An asset library: a marked collection, a marked object, one that is not marked, and catalogs."""
    folder.mkdir(parents=True, exist_ok=True)
    seats = "11111111-2222-3333-4444-555555555555"
    (folder / "blender_assets.cats.txt").write_text(f"VERSION 1\n\n{seats}:Furniture/Seats:Furniture-Seats\n")
    new_file()
    root = chair()
    collection = bpy.data.collections.new("Reading Chair")
    bpy.context.scene.collection.children.link(collection)
    for obj in (root, *root.children_recursive):
        bpy.context.scene.collection.objects.unlink(obj)
        collection.objects.link(obj)
    collection.asset_mark()
    data = collection.asset_data
    data.tags.new("red")
    data.catalog_id, data.description, data.author = seats, "a red reading chair", "Ann"
    box("Bookshelf", (3, 0, 1), (0.8, 0.3, 2), material("white")).asset_mark()
    box("Scrap", (6, 0, 1), (1, 1, 1), material("grey"))
    save(folder / "seats.blend")


def make_evil_blend(folder, witness, secret):
    """A chair that tries to run code in every way that a .blend knows, and to show a picture outside its folder.

    Args:
        folder: that gets ``evil_chair.blend``.
        witness: a file that the code would write.
        secret: a picture outside the folder.
    """
    new_file()
    root = chair()
    code = f"open({str(witness)!r}, 'a').write('ran')"
    seat = bpy.data.objects["Seat"]
    curve = seat.driver_add("rotation_euler", 2)
    curve.driver.type = "SCRIPTED"
    curve.driver.expression = f"(__import__('pathlib').Path({str(witness)!r}).write_text('ran'), 0.0)[1]"
    text = bpy.data.texts.new("run_me.py")
    text.write(f"import bpy\n{code}\nbpy.app.handlers.load_post.append(lambda _: {code})\n")
    text.use_module = True
    look = bpy.data.materials["red"]
    tree = look.node_tree
    script = tree.nodes.new("ShaderNodeScript")
    script.mode, script.script = "INTERNAL", text
    frame = tree.nodes.new("NodeFrame")
    frame.text = text
    tree.nodes.new("ShaderNodeTexCoord").object = bpy.data.objects["Back"]
    outside = tree.nodes.new("ShaderNodeTexImage")
    outside.image = bpy.data.images.load(str(secret))
    tree.links.new(outside.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Base Color"])
    glow = tree.driver_add('nodes["Principled BSDF"].inputs["Roughness"].default_value')
    glow.driver.expression = curve.driver.expression
    group = bpy.data.node_groups.new("imports", "GeometryNodeTree")
    group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    reading = group.nodes.new("GeometryNodeImportOBJ")
    reading.inputs["Path"].default_value = str(secret.with_suffix(".obj"))
    group.links.new(reading.outputs[0], group.nodes.new("NodeGroupOutput").inputs[0])
    bpy.data.objects["Back"].modifiers.new("imports", "NODES").node_group = group
    for block in (root, seat, seat.data, look, tree, bpy.context.scene):
        block["run"] = code
    seat.keyframe_insert("location", frame=1)
    save(folder / "evil_chair.blend")


def glb(path, tree, binary=b""):
    """A GLB of a glTF document."""
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(binary), 0x004E4942) + binary if binary else b""
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)


def gltf_tree(folder):
    """The document of a GLB in a folder."""
    data = Path(folder).read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def make_huge_blend(path):
    """A file whose modifier makes a hundred million faces."""
    new_file()
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.context.scene.collection.objects.unlink(cube)  # so that it is not evaluated here
    cube.use_fake_user = True
    cube.modifiers.new("subdivision", "SUBSURF").levels = 11
    cube.modifiers["subdivision"].subdivision_type = "SIMPLE"
    array = cube.modifiers.new("array", "ARRAY")
    array.count = 10
    save(path)


def make_slow_blend(path):
    """A file whose modifiers take minutes."""
    new_file()
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=120, y_subdivisions=120)
    grid = bpy.context.object
    bpy.context.scene.collection.objects.unlink(grid)  # so that it is not evaluated here
    grid.use_fake_user = True
    for _ in range(2):
        array = grid.modifiers.new("array", "ARRAY")
        array.count, array.use_merge_vertices, array.merge_threshold = 60, True, 0.1
    save(path)
