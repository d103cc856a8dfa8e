<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Bench;

use Apn\AmiClient\Bench\Support\Client;
use Apn\AmiClient\Bench\Support\Clients;
use Apn\AmiClient\Bench\Support\Work;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../../bench/Support/autoload.php';

/** Who is measured by ./dev bench compare, and that the drivers of this project hear each event. How fast is not tested. */
final class CompareTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/peers-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public function test_a_client_that_is_not_there_is_left_out_by_its_name(): void
    {
        [$status, $said] = $this->compare(['AMI_PEERS' => $this->folder], '--list');
        self::assertSame(0, $status, $said);
        self::assertStringContainsString("measured: apn/ami-client\n", $said);
        foreach (Clients::PEERS as $name => $package) {
            self::assertStringContainsString("left out: $package: it is neither in $this->folder nor in $this->folder/$name", $said);
        }
    }

    public function test_a_client_of_which_there_is_no_driver_is_an_error(): void
    {
        self::assertSame([2, "error: no such client: nami\n"], $this->compare([], '--list', '--only', 'raw,nami'));
    }

    public function test_a_composer_project_has_several_peers(): void
    {
        $this->install($this->folder, ['clue/ami-react' => ['pretty_version' => 'v1.2.0'], 'marcelog/pami' => ['pretty_version' => 'dev-master', 'reference' => 'db4b2278e2f1']]);
        $found = $this->peers();
        self::assertSame(['clue/ami-react v1.2.0', 'marcelog/pami dev-master db4b227'], [$found['clue']->label(), $found['pami']->label()]);
        self::assertSame("$this->folder/vendor/autoload.php", $found['clue']->autoload);
        self::assertNotNull($found['apntalk']->missing);
    }

    public function test_a_checkout_with_its_packages_is_a_folder_of_its_own(): void
    {
        $this->install("$this->folder/apntalk", ['apntalk/ami-client' => ['pretty_version' => '1.0.1']]);
        self::assertSame(["$this->folder/apntalk/vendor/autoload.php", null], [$this->peers()['apntalk']->autoload, $this->peers()['apntalk']->missing]);
    }

    public function test_a_package_that_was_begun_to_be_installed_is_not_there(): void
    {
        $this->install($this->folder, ['clue/ami-react' => ['pretty_version' => '1.2.0']]);
        unlink("$this->folder/vendor/autoload.php");
        self::assertNotNull($this->peers()['clue']->missing);
    }

    #[DataProvider('works')]
    public function test_each_driver_says_what_it_can_do(Work $work): void
    {
        $clients = $this->peers() + [Clients::OURS => new Client(Clients::OURS, '')];
        self::assertTrue($clients[Clients::OURS]->does($work));
        self::assertSame($work !== Work::Nothing, $clients['clue']->does($work));
    }

    /** @return iterable<string, array{Work}> */
    public static function works(): iterable
    {
        foreach (Work::cases() as $work) {
            yield $work->value => [$work];
        }
    }

    public function test_no_event_is_lost_and_all_headers_add_up(): void
    {
        $target = getenv('CARGO_TARGET_DIR');
        $target = ($target === false ? self::ROOT . '/target' : $target) . '/debug';
        foreach (["$target/ami-simulator", "$target/libapn_ami.so"] as $built) {
            is_file($built) || self::markTestSkipped("$built is not built");
        }
        $environment = ['SIMULATOR' => "$target/ami-simulator", 'EXTENSION' => "$target/libapn_ami.so"];
        [$status, $said] = $this->compare($environment, '--only=ours,raw', '--events=3000', '--rounds=1');
        // Whether a bound of speed is kept says the status, but not on this build.
        self::assertContains($status, [0, 1], $said);
        self::assertMatchesRegularExpression('/^\| three headers read \| [\d.,]+ \(/m', $said);
        self::assertDoesNotMatchRegularExpression('/FAILED|events lost|too many|not all headers/', $said);
    }

    /** @return array<string, Client> */
    private function peers(): array
    {
        $clients = Clients::find($this->folder, $this->folder . '/no-project');

        return array_combine(array_map(static fn(Client $client): string => $client->name, $clients), $clients);
    }

    /** @param array<string, array<string, string>> $versions */
    private function install(string $folder, array $versions): void
    {
        mkdir("$folder/vendor/composer", recursive: true);
        file_put_contents("$folder/vendor/autoload.php", '<?php');
        file_put_contents("$folder/vendor/composer/installed.php", '<?php return ' . var_export(['versions' => $versions], true) . ';');
    }

    /**
     * @param array<string, string> $environment
     *
     * @return array{int, string} its status, and what it printed
     */
    private function compare(array $environment, string ...$arguments): array
    {
        $command = [PHP_BINARY, '-d', 'display_errors=stderr', self::ROOT . '/bench/compare.php', ...array_values($arguments)];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment + getenv());
        self::assertIsResource($process);
        $said = stream_get_contents($pipes[1]) . stream_get_contents($pipes[2]);

        return [proc_close($process), $said];
    }
}
