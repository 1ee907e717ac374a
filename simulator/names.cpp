#include "simulator/names.hpp"

#include "simulator/draw.hpp"

#include <array>
#include <string_view>

namespace alleycat::sim {

namespace {

constexpr auto first_names = std::to_array<std::string_view>({
    "Ada",    "Adell",     "Agnès",   "Aiko",    "Aino",     "Åke",     "Alba",    "Aleksy", "Amara",  "Amélie",
    "Amir",   "Ana",       "Anders",  "Andrés",  "Anouk",    "Antonín", "Anya",    "Arjun",  "Arlo",   "Arvid",
    "Asha",   "Astrid",    "Aurélie", "Ayşe",    "Aziz",     "Bao",     "Bára",    "Basil",  "Béla",   "Benoît",
    "Bianca", "Birgit",    "Bjørn",   "Bram",    "Brígida",  "Bruno",   "Callum",  "Camila", "Carlos", "Cécile",
    "Cedric", "Chiara",    "Chidi",   "Chloé",   "Ciara",    "Clara",   "Conor",   "Dagny",  "Damian", "Daria",
    "David",  "Deniz",     "Diego",   "Dimitri", "Dorothée", "Duc",     "Edda",    "Efe",    "Eilidh", "Einar",
    "Elena",  "Elif",      "Eliška",  "Elodie",  "Emeka",    "Emil",    "Emre",    "Enzo",   "Erik",   "Esther",
    "Eun",    "Eva",       "Fabian",  "Farah",   "Fatima",   "Felix",   "Femke",   "Finn",   "Fiona",  "Florin",
    "Franka", "François",  "Freja",   "Gaël",    "Georgi",   "Giulia",  "Goran",   "Greta",  "Gustav", "Håkon",
    "Hana",   "Hannes",    "Haruto",  "Hélène",  "Henrik",   "Hugo",    "Ibrahim", "Ida",    "Ilse",   "Imani",
    "Inês",   "Ingrid",    "Ioana",   "Irina",   "Isla",     "István",  "Ivo",     "Jakub",  "Jamal",  "Jana",
    "Jérôme", "João",      "Jonas",   "José",    "Jörg",     "Julia",   "Jun",     "Kaito",  "Kamila", "Karim",
    "Katja",  "Kenji",     "Kerstin", "Kofi",    "Kristóf",  "Lars",    "Laszlo",  "Leïla",  "Lena",   "León",
    "Linh",   "Livia",     "Lorenzo", "Lotte",   "Lucía",    "Ludvík",  "Luka",    "Maëlle", "Maja",   "Malik",
    "Malin",  "Manon",     "Marco",   "Margit",  "María",    "Mateus",  "Matti",   "Maud",   "Mehmet", "Mei",
    "Mila",   "Milan",     "Miriam",  "Mónica",  "Nadia",    "Naomi",   "Nia",     "Niamh",  "Niels",  "Noémie",
    "Nora",   "Nuno",      "Oda",     "Odile",   "Olga",     "Oluwa",   "Omar",    "Oskar",  "Óscar",  "Otto",
    "Paavo",  "Paolo",     "Petra",   "Pía",     "Piotr",    "Priya",   "Quentin", "Rafael", "Ravi",   "Renée",
    "Rıza",   "Rosa",      "Rui",     "Saïd",    "Sanne",    "Saoirse", "Sara",    "Selma",  "Siân",   "Sofía",
    "Søren",  "Stanisław", "Tariq",   "Teresa",  "Thando",   "Tomáš",   "Ulla",    "Vera",   "Yusuf",  "Zoë",
});

} // namespace

std::string rider_name(racer_id racer) {
  const auto bits = draw_for(purpose::name, 0, racer.value());
  std::string name{first_names[bits % first_names.size()]};
  name += ' ';
  name += static_cast<char>('A' + (bits >> 40) % 26);
  name += '.';
  return name;
}

} // namespace alleycat::sim
