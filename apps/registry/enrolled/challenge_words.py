"""Words of a challenge phrase: easy to say, hard to confuse."""

_TEXT = """
amber anchor apple april arrow autumn bamboo basket beacon birch blossom bottle bridge
bronze butter candle canyon carpet castle cedar cherry cinder circle clover cobalt copper
coral cotton cradle crystal curtain daisy desert dolphin dragon eagle ember engine feather
fennel ferry fiddle forest fountain garden ginger glacier granite hammer harbour harvest
hazel helmet honey island ivory jacket jasmine juniper kettle kitten ladder lantern lemon
lilac lizard magnet mango maple marble meadow melon mirror monday morning mountain needle
nutmeg oasis ocean olive orange orchid otter oyster paper parrot pebble pepper pillow planet
plaza pocket puzzle quartz rabbit raven ribbon river rocket saddle saffron salmon sapphire
shadow silver spiral summer sunday table temple thunder tiger timber tulip tunnel turtle
umbrella valley velvet violet walnut water willow window winter yellow zebra zigzag
"""
WORDS = tuple(_TEXT.split())
