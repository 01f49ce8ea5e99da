// The menus at the top close by Escape and by a click elsewhere; opening one closes the other by itself.
const menus = [...document.querySelectorAll(".pages details")];

document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && menus.find((menu) => menu.open);
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
