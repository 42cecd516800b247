// What the button "Copy" does: the text beside it goes to the clipboard, or is selected where the browser forbids that.
const area = this.parentElement.querySelector("textarea");
const words = this.textContent;
const say = () => { this.textContent = this.dataset.done; setTimeout(() => { this.textContent = words; }, 2000); };
area.focus();
area.select();
if (navigator.clipboard) navigator.clipboard.writeText(area.value).then(say, () => document.execCommand("copy") && say());
else if (document.execCommand("copy")) say();
