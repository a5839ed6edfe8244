import bpy
settings = bpy.context.scene.instructscene

settings.instruction = 'A dining table for six people with six chairs, a lamp above the table, and a wine cabinet against the wall.'
settings.room_type = 'diningroom'
settings.variations = 4
settings.finish = True
settings.shell = True
