package deployer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hashicorp.nomad.apimodel.Job;
import com.hashicorp.nomad.apimodel.LogConfig;
import com.hashicorp.nomad.apimodel.ParameterizedJobConfig;
import com.hashicorp.nomad.apimodel.PeriodicConfig;
import com.hashicorp.nomad.apimodel.Resources;
import com.hashicorp.nomad.apimodel.Task;
import com.hashicorp.nomad.apimodel.TaskGroup;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeployerTest {
    private static final String ADDRESS = System.getenv("NOMAD_ADDR");
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Deployer deployer = new Deployer(ADDRESS);

    @BeforeEach
    void beginAnew() throws Exception {
        control("POST", "reset", "{}");
    }

    @AfterEach
    void close() throws Exception {
        deployer.close();
    }

    @Test
    void theLifeOfAJob() throws Exception {
        deployer.deploy(aJob("web", "service", 2));
        deployer.waitUntilRunning("web", 2, SOON);
        assertEquals(1, deployer.scale("web", "main", 3).getPlace().intValue());
        deployer.waitUntilRunning("web", 3, SOON);
        deployer.stop("web");
        deployer.waitUntilRunning("web", 0, SOON);
    }

    @Test
    void jobsThatStartOthers() throws Exception {
        var parent = aJob("import", "batch", 1);
        parent.setParameterizedJob(new ParameterizedJobConfig().setPayload("required").addMetaOptional("user"));
        deployer.deploy(parent);
        var child = deployer.dispatch("import", "some text".getBytes(), Map.of("user", "me"));
        deployer.waitUntilRunning(child, 1, SOON);

        var nightly = aJob("nightly", "batch", 1);
        nightly.setPeriodic(new PeriodicConfig().setEnabled(true).setSpecType("cron").setSpec("0 3 * * *"));
        deployer.deploy(nightly);
        assertFalse(deployer.launch("nightly").isEmpty());
    }

    /** One attempt is answered by 500, the reply to the next one is lost; then a query breaks. */
    @Test
    void aServerThatFails() throws Exception {
        for (var fault : List.of(
                """
                {"fault": {"kind": "status", "status": 500}, "match": {"operation": "register"}, "nth": 1}""",
                """
                {"fault": {"kind": "drop", "carried_out": true}, "match": {"operation": "register"}, "nth": 2}""",
                """
                {"fault": {"kind": "drop"}, "match": {"operation": "allocations"}, "nth": 1}""")) {
            control("POST", "faults", fault);
        }
        deployer.deploy(aJob("web", "service", 1));
        deployer.waitUntilRunning("web", 1, SOON);
        // the fourth is nomad-sdk's own: it repeats what got no reply, without looking, and EnforceIndex refuses that
        assertEquals(4, control("GET", "journal/count?operation=register", "").get("count").asInt());
    }

    /** Asks the mock's control plane, which no Nomad has. */
    private static JsonNode control(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(ADDRESS + "/__admin/" + path));
        request.method(method, BodyPublishers.ofString(body));
        var reply = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        assertTrue(reply.statusCode() < 300, reply.body());
        return new ObjectMapper().readTree(reply.body());
    }

    private static Job aJob(String id, String type, int count) {
        var task = new Task().setName("main").setDriver("raw_exec");
        task.setConfig(Map.of("command", "sleep", "args", List.of("600")));
        task.setResources(new Resources().setCpu(50).setMemoryMb(32));
        task.setLogConfig(new LogConfig().setMaxFiles(1).setMaxFileSizeMb(10));
        var job = new Job().setId(id).setName(id).setRegion("global").setType(type).setPriority(50);
        return job.addDatacenters("dc1").addTaskGroups(new TaskGroup().setName("main").setCount(count).addTasks(task));
    }
}
