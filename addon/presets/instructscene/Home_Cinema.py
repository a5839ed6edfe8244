import bpy
settings = bpy.context.scene.instructscene

settings.instruction = 'An L-shaped sofa facing a TV stand with a TV, a coffee table in front of the sofa, and two armchairs.'
settings.room_type = 'livingroom'
settings.variations = 4
settings.finish = True
settings.shell = True
