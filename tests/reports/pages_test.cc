// The pages in a real browser: nothing is complained about, nothing sticks out, everything can be read, the filter hides
// what it should, and all is there without scripts.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "tests/reports/browser.h"
#include "tests/reports/sample_folder.h"
#include "tests/support/processes.h"

namespace ackproof::reports {
namespace {

using testing_support::Browser;
using testing_support::View;

constexpr View kWide{1280, 900, false};
constexpr View kWideDark{1280, 900, true};
constexpr View kPhone{390, 844, false};
constexpr View kPhoneDark{390, 844, true};

class Pages : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!Browser::program().empty()) browser_ = std::make_unique<Browser>();
    folder_ = write_sample_pages();
  }
  static void TearDownTestSuite() { browser_.reset(); }
  void SetUp() override {
    if (browser_ == nullptr) GTEST_SKIP() << "chromium is not installed: apt-get install chromium";
  }

  static void show(const std::string& page, const View& view, const std::string& anchor = {}) {
    browser_->show(folder_ + "/" + page, view, anchor);
  }
  static std::int64_t number(const std::string& expression) {
    return browser_->ask(expression).get<std::int64_t>();
  }

  // How many elements of this kind can be seen.
  static std::int64_t visible(const std::string& selector) {
    return number("[...document.querySelectorAll('" + selector +
                  "')].filter(e => e.checkVisibility()).length");
  }
  static void choose(const std::string& id, const std::string& value) {
    browser_->ask("(() => { const e = document.getElementById('" + id + "'); e.value = '" + value +
                  "'; e.dispatchEvent(new Event('input')); })()");
  }

  static std::unique_ptr<Browser> browser_;
  static std::string folder_;
};

std::unique_ptr<Browser> Pages::browser_;
std::string Pages::folder_;

TEST_F(Pages, nothing_is_complained_about_and_nothing_sticks_out) {
  constexpr const char* kOutside = R"js(
    [...document.body.querySelectorAll("*")].filter(e => !e.closest("svg, .scroll") && e.checkVisibility() &&
        (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1))
      .map(e => e.outerHTML.slice(0, 120)))js";
  for (const std::string& page : sample_pages()) {
    for (const View& view : {kWide, kWideDark, kPhone, kPhoneDark}) {
      show(page, view);
      browser_->ask("document.querySelectorAll('details').forEach(e => { e.open = true; })");

      EXPECT_TRUE(browser_->complaints().empty()) << page << ": " << browser_->complaints().front();
      EXPECT_EQ(number("document.documentElement.scrollWidth"), view.width) << page;
      EXPECT_EQ(browser_->ask(kOutside), nlohmann::json::array()) << page << " at " << view.width;
    }
  }
}

// WCAG 2.1, 1.4.3: 4.5 to 1, for large letters 3 to 1.
TEST_F(Pages, every_word_stands_out_from_its_ground) {
  constexpr const char* kFaint = R"js((() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgb = colour => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
      .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
    const ground = e => {
      for (; e; e = e.parentElement) {
        const colour = rgb(getComputedStyle(e).backgroundColor);
        if (colour[3] > 250) return colour;
      }
      return [255, 255, 255];
    };
    const faint = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const e = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.closest("script, style, option")) continue;
      const style = getComputedStyle(e);
      const [a, b] = [light(rgb(style.color)), light(ground(e))];
      const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
      if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) faint.add(`${e.className || e.tagName}: ${contrast.toFixed(2)}`);
    }
    return [...faint];
  })())js";
  for (const std::string& page : sample_pages()) {
    for (const View& view : {kWide, kWideDark}) {
      show(page, view);
      browser_->ask("document.querySelectorAll('details').forEach(e => { e.open = true; })");
      EXPECT_EQ(browser_->ask(kFaint), nlohmann::json::array())
          << page << (view.dark ? " dark" : " light");
    }
  }
}

TEST_F(Pages, the_filter_hides_what_it_should) {
  show("sample/report.html", kWide);
  EXPECT_EQ(visible(".clause"), 12);
  EXPECT_EQ(visible(".card"), 8);

  choose("outcome", "failed");
  EXPECT_EQ(visible(".clause"), 2);
  EXPECT_EQ(visible(".card"), 2);
  EXPECT_EQ(browser_->ask("document.getElementById('shown').textContent"), "2 of 12 clauses");
  choose("area", "ACK");
  EXPECT_EQ(visible(".clause"), 0);
  EXPECT_EQ(visible("#nothing"), 1);
  choose("outcome", "open");
  EXPECT_EQ(visible(".clause"), 2) << "with verdicts that are missing";
  choose("outcome", "");
  choose("area", "");
  choose("find", "segmentation");
  EXPECT_EQ(visible(".card"), 0) << "the search looks at names and clauses";
  choose("find", "CANCELLED activity");
  EXPECT_EQ(visible(".card"), 1);
  EXPECT_EQ(visible(".clause"), 1);
  choose("find", "");
  EXPECT_EQ(visible(".clause"), 12);
}

TEST_F(Pages, the_filter_of_the_matrix_finds_what_differs) {
  show("index.html", kWide);
  const std::int64_t all = visible(".clause");
  EXPECT_GT(all, 80);

  choose("outcome", "differs");
  const std::int64_t differ = visible(".clause");
  EXPECT_GT(differ, 0);
  EXPECT_LT(differ, all);
  choose("outcome", "crashed");
  EXPECT_EQ(visible(".clause"), 2);
  choose("area", "ACK");
  EXPECT_EQ(visible(".clause"), 1);
  EXPECT_EQ(visible("tbody"), 1 + 1) << "of its area, and of the providers";
}

TEST_F(Pages, a_link_leads_to_its_clause_also_when_it_is_hidden) {
  show("sample/report.html", kWide, "LOCK_2");
  EXPECT_EQ(browser_->ask("document.getElementById('LOCK_2').open"), true);

  show("sample/report.html", kWide);
  choose("area", "ACK");
  EXPECT_EQ(visible("#LOCK_2"), 0);
  browser_->ask(
      "new Promise(done => { addEventListener('hashchange', () => setTimeout(done)); location.hash "
      "= '#LOCK_2'; })");
  EXPECT_EQ(visible("#LOCK_2"), 1);
  EXPECT_EQ(browser_->ask("document.getElementById('LOCK_2').open"), true);
}

TEST_F(Pages, everything_is_there_without_scripts) {
  browser_->run_scripts(false);
  for (const std::string& page : sample_pages()) {
    show(page, kPhone);
    EXPECT_EQ(visible("#filters, .copy"), 0) << page;
    EXPECT_EQ(visible(".card, .clause"),
              number("document.querySelectorAll('.card, .clause').length"))
        << page;
  }
  browser_->run_scripts(true);
}

TEST_F(Pages, paper_has_no_buttons) {
  View paper = kWideDark;
  paper.media = "print";
  for (const std::string& page : sample_pages()) {
    show(page, paper);
    EXPECT_EQ(visible("#filters, .copy"), 0) << page;
    EXPECT_EQ(browser_->ask("getComputedStyle(document.body).backgroundColor"),
              "rgb(255, 255, 255)")
        << page;
  }
}

TEST_F(Pages, a_browser_leaves_nothing_behind) {
  std::string folder;
  {
    Browser browser;
    EXPECT_EQ(browser.ask("1 + 1"), 2);
    folder = browser.folder();
    EXPECT_FALSE(testing_support::processes_of(folder).empty());
  }
  EXPECT_TRUE(testing_support::processes_of(folder).empty());
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace ackproof::reports
