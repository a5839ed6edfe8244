"""Pieces of written sentences: how requests begin and end, and how they are joined."""

from typing import Final

from ...vocabulary import RoomType
from .tables import Choices, choices

HANG: Final = choices("Hang|Install|Mount|Put up")
PUT: Final = choices(
    "Put|Put|Place|Place|Add|Position|Set|Arrange|Set up|Stand|Please put|Please place|Please add|put|place|add"
)
ASK: Final = choices(
    "Can you put|Could you place|Can you add|Could you please put|can you put|Would you place|Can we put"
)
WANT: Final = choices(
    "I'd like|I want|I need|I would like|I would like to have|We need|We'd like|I'd love|i want|i need|I wish for|"
    "I'd like to have|id like|Please give me|Give me|Let's have|I am looking for|We want"
)
THERE_IS: Final = choices(
    "There is|There's|There should be|Make sure there is|there is|There has to be|There must be|I imagine"
)
STANDS: Final = choices("stands|is|sits|should be|should stand|is placed|goes|has to be|is|belongs|must be")
ARE: Final = choices("stand|are|sit|should be|should stand|are placed|go|are")
JOINERS: Final = choices("Then|Next|Additionally|And|Also|Finally|Then|Also|After that")
ROOMS: Final[dict[RoomType, Choices]] = {
    "bedroom": choices("bedroom|bedroom|bedroom|room|sleeping room|bed room|master bedroom"),
    "livingroom": choices("living room|living room|lounge|living area|sitting room|livingroom|room"),
    "diningroom": choices("dining room|dining room|dining area|diningroom|eating area|room"),
}
MOODS: Final = choices(
    "||||cozy|small|nice|bright|comfortable|simple|beautiful|spacious|cosy|warm|calm|stylish|big|friendly|airy|compact"
)
MAKE: Final = choices("A|a|Create a|Make a|Design a|I want a|I'd like a|Generate a|I need a|Give me a|Furnish a|")
STYLE_REQUESTS: Final = choices(
    "make it {}|Make it {}|in {} style|everything {}|{} style|The room should be {}|I like it {}|"
    "keep it {}|{} furniture|it should look {}|all {}|with {} furniture|furnished {}|{} look please|go for {}"
)
CHILDREN: Final = choices(
    "for a child|for the kids|kids room|for children|{} furniture|a room for a child|it is for my kids|in {} style"
)
STUFF_REQUESTS: Final = choices(
    "{} furniture|with {} furniture|{} pieces|everything {}|use {} furniture|I like {} furniture|make it {}|"
    "only {} things|make the room {}|make everything {}|make it all {}|make all furniture {}|all {}|all in {}|"
    "everything in {}|furniture in {}|change everything to {}|turn it {}|in {}|{}|I want it {}|I want everything {}|"
    "everything should be {}|a room in {}|give it a {} look|go for {}|more {}|{} everywhere|use {}"
)
ABSENT_ONE: Final = choices(
    "no {n}|without {a}|No {n}|without {n}|but no {n}|There should be no {n}|I don't want {a}|don't add {a}|"
    "Do not put {a}|no {n} please|I do not need {a}|leave out the {n}|not {a}|there is no {n}|avoid {p}|skip the {n}|"
    "no {p}|without any {p}|there are no {p}|No {p}!"
)
EXTRA_REQUESTS: Final = choices(
    "add {a}|with {a}|and {a}|Also {a}|plus {a}|I'd like {a} too|Put {a} somewhere|There is {a}|{a} would be nice"
)
NUMBERS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
