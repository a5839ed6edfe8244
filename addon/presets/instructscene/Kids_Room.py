import bpy
settings = bpy.context.scene.instructscene

settings.instruction = 'Two kids beds, a desk with a chair, a bookshelf and a wardrobe.'
settings.room_type = 'bedroom'
settings.variations = 4
settings.finish = True
settings.shell = True
