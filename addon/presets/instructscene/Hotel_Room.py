import bpy
settings = bpy.context.scene.instructscene

settings.instruction = 'A double bed with a nightstand on each side, a wardrobe, and a desk with a chair next to the window.'
settings.room_type = 'bedroom'
settings.variations = 4
settings.finish = True
settings.shell = True
